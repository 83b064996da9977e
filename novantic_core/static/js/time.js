/* The time that work takes: a link marked data-starts-clock="NUMBER" notes when it was followed, and the form of the
   ticket's time is filled in with what has passed since. Without this script both simply stand beside one another. */

const DAY = 24 * 3600 * 1000;

/** When work began on a ticket, kept by this browser tab; null for not, or too long ago to mean anything. */
function started(number) {
  const mark = Number(sessionStorage.getItem(`work-on-${number}`));
  return mark && Date.now() - mark < DAY ? mark : null;
}

function set(number, mark) {
  if (mark) {
    sessionStorage.setItem(`work-on-${number}`, mark);
  } else {
    sessionStorage.removeItem(`work-on-${number}`);
  }
}

for (const clock of document.querySelectorAll("[data-clock]")) {
  const number = clock.dataset.clock;
  const card = clock.closest("section");
  const form = card.querySelector("form");
  const minutes = form.elements.minutes;
  let filled = "";

  const passed = () => Math.max(1, Math.round((Date.now() - started(number)) / 60000));

  const fill = () => {
    filled = String(passed());
    minutes.value = filled;
  };

  const show = () => {
    const mark = started(number);
    clock.hidden = mark === null;
    if (mark === null) {
      return;
    }
    const hour = new Date(mark).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const said = clock.dataset.said.replace("{time}", hour).replace("{minutes}", `${passed()} min`);
    clock.querySelector("span").textContent = said;
    // what somebody typed stays
    if (minutes.value === filled) {
      fill();
    }
  };

  clock.querySelector("[data-clock-use]").addEventListener("click", () => {
    fill();
    form.closest("details").open = true;
    minutes.focus();
    minutes.select();
  });
  clock.querySelector("[data-clock-forget]").addEventListener("click", () => {
    set(number, null);
    if (minutes.value === filled) {
      minutes.value = filled = "";
    }
    show();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-starts-clock]");
    if (link?.dataset.startsClock === number && started(number) === null) {
      set(number, Date.now());
      show();
      form.closest("details").open = true;
    }
  });
  form.addEventListener("submit", () => set(number, null));
  window.addEventListener("focus", show);
  show();
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
