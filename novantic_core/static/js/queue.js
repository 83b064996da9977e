/* What the queue gains by script: filters that apply as they are chosen, boxes that tick together, news as it comes.

   Rows never move by themselves: whoever is about to click one finds it where it was. */

import { showCounts } from "./counts.js";

const EVERY = 20_000;
const AT_MOST = 320_000;

filterAtOnce();
tickTogether();
watchNews();

// ---------------------------------------------------------------- filters

function filterAtOnce() {
  const form = document.querySelector("[data-filters]");
  if (!form) return;
  const send = () => {
    // an address without what isn't set is one that can be read
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  // by the arrow keys a list changes at each step: it is sent when it is left, or by Enter
  let byKey = false;
  for (const list of form.querySelectorAll("select")) {
    const before = list.value;
    list.addEventListener("keydown", () => { byKey = true; });
    list.addEventListener("pointerdown", () => { byKey = false; });
    list.addEventListener("change", () => { if (!byKey) send(); });
    list.addEventListener("blur", () => { if (byKey && list.value !== before) send(); });
  }
}

// ---------------------------------------------------------------- many at once

function tickTogether() {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const all = form.querySelector("[data-all]");
  const boxes = [...form.elements].filter((box) => box.matches("[data-one]"));
  const count = form.querySelector("[data-bulk-count]");
  const button = form.querySelector("[data-bulk-bar] button");
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    form.classList.toggle("chosen", ticked > 0);
    count.hidden = !ticked;
    count.textContent = `(${ticked})`;
    button.disabled = !ticked;
    for (const box of boxes) box.closest("[data-number]").classList.toggle("picked", box.checked);
  };
  let last = null;
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      // as in mail programs: with Shift, all between this one and the last
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      show();
    });
  }
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  // a page that the browser kept comes back with its boxes as they were
  window.addEventListener("pageshow", show);
  show();
}

// ---------------------------------------------------------------- news

function watchNews() {
  const place = document.querySelector("[data-news]");
  if (!place) return;
  const words = place.querySelector("[data-news-words]");
  const link = place.querySelector("[data-news-show]");
  const said = (name) => place.querySelector(`template[${name}]`).content.textContent;
  const title = document.title;
  const fresh = new Set();
  let since = place.dataset.since;
  let wait = EVERY;
  let timer = 0;

  const address = () => {
    const query = new URLSearchParams(location.search);
    query.delete("after");
    query.delete("before");
    query.set("since", since);
    return `${place.dataset.news}?${query}`;
  };

  const take = (news) => {
    since = String(news.latest);
    if (!news.tickets) return;
    showCounts(news.counts);
    for (const [number, wanted] of Object.entries(news.tickets)) {
      const row = document.querySelector(`[data-number="${number}"]`);
      if (wanted || row) fresh.add(number);
      if (row && !row.querySelector(".tag.news")) {
        const mark = document.createElement("span");
        mark.className = "tag news";
        mark.textContent = said("data-news-mark");
        row.querySelector("[data-row]").after(" ", mark);
      }
    }
    if (!fresh.size) return;
    document.title = `(${fresh.size}) ${title}`;
    words.textContent = fresh.size === 1 ? said("data-news-one") : said("data-news-many").replace("{n}", fresh.size);
    link.hidden = false;
    place.classList.add("some");
  };

  const ask = async () => {
    try {
      const answer = await fetch(address(), { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403) return;  // signed out: nothing more will come
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, AT_MOST);
    }
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, wait);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    // who comes back to the tab wants to know now
    if (document.visibilityState === "visible") ask();
  });
  plan();
}
