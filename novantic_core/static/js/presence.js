/* Says every twenty seconds that one is here, and hears who else is and what is new. */

const EVERY = 20_000;

let timer, watching;

/** @param sheets tells whether somebody is typing */
export function watch(main, sheets) {
  // a page that came back with errors is watched in the place of the one that was sent
  clearInterval(timer);
  watching?.abort();
  watching = new AbortController();
  const { signal } = watching;
  const others = main.querySelector("[data-others]");
  const news = main.querySelector("[data-news]");
  let told = false;

  function data(more) {
    const filled = new FormData();
    for (const [name, value] of Object.entries({ csrf_token: main.dataset.csrf, seen: main.dataset.seen, ...more })) filled.set(name, value);
    return filled;
  }

  async function say() {
    if (document.hidden) return;
    const writing = sheets.typedWithin(EVERY);
    told = writing;
    let answer;
    try {
      answer = await fetch(main.dataset.presence, { method: "POST", body: data({ writing: writing ? "1" : "" }) });
    } catch (error) {
      // fetch calls a lost connection a TypeError: the next time may do better
      if (error instanceof TypeError) return;
      throw error;
    }
    if (!answer.ok) return;
    const heard = await answer.json();
    show(others, others, heard.others);
    show(news, news.querySelector("span"), heard.news);
  }

  function show(box, place, words) {
    if (place.textContent !== words) place.textContent = words;
    box.hidden = !words;
  }

  say();
  timer = setInterval(say, EVERY);
  // that somebody begins to write is worth saying at once
  main.addEventListener("edited", () => { if (!told) { told = true; setTimeout(say); } }, { signal });
  document.addEventListener("visibilitychange", say, { signal });
  addEventListener("pagehide", () => { navigator.sendBeacon(main.dataset.presence, data({ left: "1" })); }, { signal });
  addEventListener("pageshow", (event) => { if (event.persisted) say(); }, { signal });
  news.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
}
