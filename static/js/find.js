// Shows what was found while somebody types; without it the button does the same.
(() => {
  const form = document.querySelector("form[data-find]");
  const results = form && document.getElementById(form.dataset.find);
  if (!results) return;
  let waiting = 0;
  let latest = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 250);
  });
  async function show() {
    const number = (latest += 1);
    const query = new URLSearchParams(new FormData(form));
    query.set("part", "1");
    try {
      const answer = await fetch(`${form.action}?${query}`, { credentials: "same-origin" });
      // A slow answer must not overwrite that of a later question.
      if (answer.ok && number === latest) results.innerHTML = await answer.text();
    } catch {
      // The line is gone; the button still works when it is back.
    }
  }
})();
