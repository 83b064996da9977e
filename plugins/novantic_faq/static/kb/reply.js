/* Looking for articles while one types, in the form of a reply. Without this script its buttons send the form, which
 * comes back with what was found or put in. It listens to the whole page: the form may be drawn anew. */

const WAIT = 250;

let timer;
let asked = 0;

async function look(box) {
  const input = box.querySelector("input");
  const mine = ++asked;
  const words = input.value.trim();
  const answer = words ? await fetch(`${box.dataset.kbReply}?${new URLSearchParams({ q: words })}`) : null;
  if (mine !== asked || (answer && !answer.ok)) return;
  const page = new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html");
  if (mine === asked) box.querySelector("[data-found]").replaceChildren(...page.body.childNodes);
}

async function put(box, how, id) {
  const answer = await fetch(`${box.dataset.kbReply}/${id}?as=${how}`);
  if (!answer.ok) return;
  const { html } = await answer.json();
  asked += 1;
  box.querySelector("input").value = "";
  box.querySelector("[data-found]").replaceChildren();
  box.closest("form").dispatchEvent(new CustomEvent("insert-text", { detail: html }));
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-kb-reply]");
  if (!box) return;
  // what is typed here is no part of the reply
  event.stopPropagation();
  clearTimeout(timer);
  timer = setTimeout(() => look(box), WAIT);
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-kb-reply]");
  if (!box || !event.target.matches("input")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    clearTimeout(timer);
    look(box);
  } else if (event.key === "Escape" && event.target.value) {
    event.preventDefault();
    event.target.value = "";
    look(box);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-kb-reply] button[name=insert]");
  if (!button) return;
  event.preventDefault();
  const box = button.closest("[data-kb-reply]");
  const [, how, id] = button.value.split(":");
  if (how === "find") look(box);
  else put(box, how, id);
});
