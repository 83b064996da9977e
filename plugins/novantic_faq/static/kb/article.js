/* An article's page: what a reader says of it without leaving it, and one word to the site that it was read. */

const section = document.querySelector("#useful");
const form = section?.querySelector("form");

/** Send an answer; the page that a browser without this script would get is the way out if that fails. */
async function say(event) {
  const button = event.submitter;
  if (!button?.value) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new TypeError(answer.statusText);
    section.querySelector("[data-said]").innerHTML = await answer.text();
    for (const one of form.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    form.removeEventListener("submit", say);
    form.requestSubmit(button);
  }
}

form?.addEventListener("submit", say);

/** Count a reading: of a page that was come to, not of one that was reloaded or gone back to. Nothing is kept here. */
function count() {
  const [came] = performance.getEntriesByType("navigation");
  if (came?.type !== "navigate" || !form) return;
  const token = new FormData();
  token.set("csrf_token", form.elements.csrf_token.value);
  navigator.sendBeacon(form.dataset.read, token);
}

if (document.prerendering) document.addEventListener("prerenderingchange", count, { once: true });
else count();
