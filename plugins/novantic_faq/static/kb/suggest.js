/* Articles that fit what is being typed into the form of a ticket. They come beside it or below the subject, are read
 * there, and never move what is being typed. Without this script there is a link to the knowledge base in their place. */

const WAIT = 400;
const SAY = 1500;
const LONGEST = 300;
const FEWEST = 3;
const STORE = "kb-suggest";

let box, form, asked, running, timer, saying;
/** What was found while the reader was at an article, to be shown when they are done; what the editor holds. */
let waiting, written;

const find = (name) => box.querySelector(`[data-${name}]`);

/** The tab's own store; null where the browser keeps none. */
function store() {
  try {
    return sessionStorage;
  } catch (error) {
    if (error.name === "SecurityError") return null;
    throw error;
  }
}

/** Whether the reader put the articles away in this tab. */
let away = store()?.getItem(STORE) === "away";

/** What is typed stays where it is on the screen, whatever grows above it. */
function holding(change) {
  const typing = document.activeElement;
  const held = form.contains(typing) && !box.contains(typing) ? typing : null;
  const before = held?.getBoundingClientRect().top;
  change();
  if (held) scrollBy({ top: held.getBoundingClientRect().top - before, behavior: "instant" });
}

// ---------------------------------------------------------------- asking

/** What is typed now, as the address asks for it; nothing while it is too little. */
function question() {
  const { subject, topic, message } = form.elements;
  // without its editor, or before that comes, the field may hold plain text or HTML
  const plain = () => new DOMParser().parseFromString(message?.value ?? "", "text/html").body.textContent;
  const typed = { q: subject.value, text: (written ?? plain)(), topic: topic?.value ?? "" };
  for (const name in typed) typed[name] = typed[name].trim().slice(0, LONGEST);
  return typed.q.length + typed.text.length < FEWEST ? "" : new URLSearchParams(typed).toString();
}

function typed() {
  clearTimeout(timer);
  if (!away) timer = setTimeout(ask, WAIT);
}

async function ask() {
  const words = question();
  if (words === asked || !form.isConnected) return;
  running?.abort();
  asked = words;
  if (!words) {
    show("");
    return;
  }
  const mine = (running = new AbortController());
  try {
    const answer = await fetch(`${box.dataset.suggest}?${words}`, { signal: mine.signal });
    const found = answer.ok ? await answer.text() : "";
    if (running === mine) show(found);
  } catch (error) {
    // outdated, or the network is away: what is shown stays, and the next word asks again
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    if (running === mine) asked = undefined;
  }
}

/** Show what was found; nobody loses the article they are reading, or the place of their keyboard. */
function show(found) {
  waiting = undefined;
  if (box.querySelector("details[open]") || find("found").contains(document.activeElement)) {
    waiting = found;
    return;
  }
  const place = find("found");
  const made = document.createElement("div");
  made.innerHTML = found;
  const names = (node) => [...node.querySelectorAll("[data-article]")].map((one) => one.dataset.article).join(" ");
  if (names(place) === names(made)) return;
  const below = box.getBoundingClientRect().bottom <= (document.activeElement?.getBoundingClientRect().top ?? 0);
  // what stood above the text that somebody types goes on standing there, as it was
  if (!found && below && getComputedStyle(box).position !== "absolute") return;
  holding(() => {
    place.replaceChildren(...made.childNodes);
    find("hint").hidden = Boolean(found);
    box.classList.toggle("has-found", Boolean(found));
  });
  clearTimeout(saying);
  saying = setTimeout(say, SAY);
}

/** Once typing pauses, and only how many there are. */
function say() {
  const count = find("found").querySelectorAll("[data-article]").length;
  const { saidOne, saidMany } = box.dataset;
  find("count").textContent = count === 0 ? "" : count === 1 ? saidOne : saidMany.replace("{n}", count);
}

// ---------------------------------------------------------------- reading

async function read(details) {
  const body = details.querySelector(".suggest-body");
  if (!details.open || body.childElementCount) return;
  const answer = await fetch(details.dataset.body).catch(() => null);
  const link = new URL(details.dataset.page, location.href);
  if (!answer?.ok) {
    // the page of its own says what there is to say
    open(link, "_blank", "noopener");
    return;
  }
  body.innerHTML = await answer.text();
  const token = new FormData();
  token.set("csrf_token", form.elements.csrf_token.value);
  navigator.sendBeacon(details.dataset.read, token);
  for (const one of body.querySelectorAll("a[href]")) one.target = "_blank";
  // there, too, one can say that it solved it
  link.searchParams.set("form", form.elements.submission.value);
  link.searchParams.set("topic", form.elements.topic?.value ?? "");
  body.querySelector(".suggest-acts a").href = link;
}

// ---------------------------------------------------------------- it is solved

async function post(address, values) {
  const body = new FormData();
  const all = { csrf_token: form.elements.csrf_token.value, submission: form.elements.submission.value, ...values };
  for (const [name, value] of Object.entries(all)) body.set(name, value);
  const headers = { "X-Requested-With": "XMLHttpRequest" };
  const answer = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  const failed = find("failed");
  failed.hidden = Boolean(answer?.ok);
  failed.textContent = answer?.ok ? "" : box.dataset.saidFailed;
  return answer?.ok ? answer.text() : null;
}

async function solve(article) {
  const page = await post(box.dataset.solved, { article, topic: form.elements.topic?.value ?? "" });
  if (page !== null) thank(page);
}

/** Thanks take the place of the form, which waits as it is, files and all, in case it wasn't solved. */
function thank(page) {
  const main = form.closest("main");
  const made = document.createElement("div");
  made.innerHTML = page;
  const thanks = made.querySelector(".suggest-glad");
  if (!thanks || main.querySelector(".suggest-glad")) return;
  const title = document.title;
  const rest = [...main.children].filter((one) => !one.hidden);
  for (const one of rest) one.hidden = true;
  form.dispatchEvent(new CustomEvent("given-up"));
  main.prepend(thanks);
  const heading = thanks.querySelector("h1");
  document.title = heading.textContent;
  heading.focus();
  scrollTo({ top: 0, behavior: "instant" });
  thanks.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await post(box.dataset.undo, {})) !== null) thanks.dispatchEvent(new CustomEvent("undone"));
  });
  thanks.addEventListener("undone", () => {
    thanks.remove();
    for (const one of rest) one.hidden = false;
    document.title = title;
    form.dispatchEvent(new CustomEvent("taken-up"));
    form.elements.subject.focus();
  });
}

// it may have been said in another tab, where the article was read
new BroadcastChannel("kb-solved").addEventListener("message", async ({ data }) => {
  if (!form?.isConnected || data.key !== form.elements.submission.value) return;
  if (!data.solved) {
    document.querySelector(".suggest-glad")?.dispatchEvent(new CustomEvent("undone"));
    return;
  }
  const answer = await fetch(box.dataset.solved, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
  if (answer?.ok) thank(await answer.text());
});

// ---------------------------------------------------------------- its place

function toggle() {
  const button = find("toggle");
  document.getElementById(button.getAttribute("aria-controls")).hidden = away;
  button.setAttribute("aria-expanded", String(!away));
  button.textContent = away ? button.dataset.saidShow : button.dataset.saidHide;
}

/** Put the place for articles beside or below the subject; again when a form came back with its errors. */
function place() {
  const found = document.querySelector("main [data-suggest]");
  if (!found || found === box) return;
  const subject = document.querySelector("main form [name=subject]");
  if (!subject) return;
  [box, form, asked, waiting, written] = [found, subject.form];
  subject.closest(".field").after(box);
  box.hidden = false;
  toggle();
  form.addEventListener("input", (event) => { if (!box.contains(event.target)) typed(); });
  form.addEventListener("edited", (event) => {
    written = event.detail.text;
    typed();
  });
  find("toggle").addEventListener("click", () => {
    away = !away;
    store()?.setItem(STORE, away ? "away" : "");
    toggle();
    if (!away) typed();
  });
  // a step later, when the focus is where it goes
  box.addEventListener("focusout", () => setTimeout(() => { if (waiting !== undefined) show(waiting); }));
  box.addEventListener("toggle", (event) => read(event.target), true);
  box.addEventListener("click", (event) => {
    const article = event.target.closest("button[data-article]")?.dataset.article;
    if (article) solve(article);
  });
  typed();
}

place();
new MutationObserver(place).observe(document.body, { childList: true });
