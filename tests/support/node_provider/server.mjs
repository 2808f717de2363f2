// One OpenID provider for tests: the certified oidc-provider package on loopback, and a second
// address, /control, by which a test says who signs in there and how it changes meanwhile.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const port = Number(process.env.PORT);
// Another host than the product's: browsers keep cookies by host, not by port.
const issuer = `http://localhost:${port}`;
const state = {
  clients: {},
  // By subject: what this provider says of a person.
  people: {},
  // Laid over the description at /.well-known/openid-configuration.
  metadata: {},
  // Answer nothing at the token endpoint for so long.
  tokenDelayMs: 0,
};
const stores = new Map();
let keys = [];
let current = null;

class Store {
  constructor(name) {
    this.rows = stores.get(name) ?? stores.set(name, new Map()).get(name);
    this.name = name;
  }

  async upsert(id, payload, expiresIn) {
    const until = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
    this.rows.set(id, { payload: structuredClone(payload), until });
  }

  async find(id) {
    if (this.name === 'Client') return state.clients[id];
    const row = this.rows.get(id);
    return row && row.until > Date.now() ? row.payload : undefined;
  }

  async findByUid(uid) {
    return [...this.rows.values()].map((row) => row.payload).find((row) => row.uid === uid);
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    const row = this.rows.get(id);
    if (row) row.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.rows.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, row] of this.rows) if (row.payload.grantId === grantId) this.rows.delete(id);
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(randomBytes(16)).digest('hex').slice(0, 12);
  return { ...key, kid, use: 'sig', alg: 'RS256' };
}

function start() {
  const provider = new Provider(issuer, {
    adapter: Store,
    jwks: { keys },
    cookies: { keys: ['a key of tests alone'], names: { session: `s${port}`, interaction: `i${port}`, resume: `r${port}` } },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'eduperson_scoped_affiliation'],
    },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    // Its own would refuse to speak to loopback.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { Session: 3600, Grant: 3600, Interaction: 600, IdToken: 300, AccessToken: 300 },
    async findAccount(_, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...state.people[id] }) };
    },
    // Whoever signs in here agrees to what this client asks for.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    if (ctx.path === '/token' && state.tokenDelayMs) {
      await new Promise((resolve) => setTimeout(resolve, state.tokenDelayMs));
    }
    await next();
    if (ctx.path === '/.well-known/openid-configuration') {
      ctx.body = { ...ctx.body, ...state.metadata };
    }
  });
  provider.on('server_error', (_, error) => console.error(error));
  provider.on('backchannel.error', (_, error) => console.error(error));
  provider.on('backchannel.success', (_, client) => console.log('told', client.clientId));
  current = { provider, handle: provider.callback() };
}

function page(response, body) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><title>University sign-in</title><main>${body}</main>`);
}

async function form(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

async function interact(request, response) {
  const { provider } = current;
  if (request.method !== 'POST') {
    const choices = Object.keys(state.people)
      .map((id) => `<button name="account" value="${id}">Sign in as ${id}</button>`)
      .join('');
    page(response, `<h1>Who are you?</h1><form method="post">${choices}<button name="refuse" value="1">Refuse</button></form>`);
    return;
  }
  const answer = new URLSearchParams(await form(request));
  const result = answer.get('refuse')
    ? { error: 'access_denied', error_description: 'The person said no.' }
    : { login: { accountId: answer.get('account') } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function control(request, response) {
  const wish = JSON.parse(await form(request));
  Object.assign(state, wish.set ?? {});
  if (wish.rotate) {
    keys = [newKey()];
    start();
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ issuer, kid: keys[0].kid }));
}

keys = [newKey()];
start();
createServer((request, response) => {
  const answer =
    request.url === '/control' ? control(request, response)
    : request.url.startsWith('/interaction/') ? interact(request, response)
    : current.handle(request, response);
  Promise.resolve(answer).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end('The provider for tests failed; its log says why.');
  });
}).listen(port, '127.0.0.1', () => console.log('listening'));
// It stops with whoever started it.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 1000);
