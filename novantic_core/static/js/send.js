/* Sending a form once, with progress where it carries files, and without losing a word when it is refused. */

/** Keep a form from being sent twice; send it in the background if it can carry files. */
export function guardSending(form, editors, draft, enhance) {
  let sending = false;
  const lock = (on) => {
    sending = on;
    for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-disabled", String(on));
  };
  // the browser may bring the page back as it was left
  addEventListener("pageshow", (event) => { if (event.persisted) lock(false); });
  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
      return;
    }
    lock(true);
    editors.save();
    if (form.enctype === "multipart/form-data") {
      event.preventDefault();
      send(form, event.submitter, editors, draft, enhance, () => lock(false));
    }
  });
}

function send(form, button, editors, draft, enhance, unlock) {
  const progress = form.querySelector(".progress");
  const [bar, words] = [progress.querySelector("progress"), progress.querySelector("span")];
  const request = new XMLHttpRequest();
  const fail = (sentence) => {
    unlock();
    bar.hidden = true;
    progress.classList.add("failed");
    words.textContent = sentence;
  };
  bar.hidden = progress.hidden = false;
  bar.value = 0;
  progress.classList.remove("failed");
  words.textContent = form.dataset.saidSending;
  request.upload.addEventListener("progress", (event) => { bar.value = (100 * event.loaded) / event.total; });
  request.addEventListener("error", () => fail(form.dataset.saidFailed));
  request.addEventListener("load", () => {
    const address = request.getResponseHeader("X-Location");
    if (address) {
      draft.forget();
      leave(address);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (page.getElementById(form.id) && main) {
      editors.remove();
      document.title = page.title;
      document.querySelector("main").replaceWith(main);
      enhance(main);
    } else {
      // a page that isn't the form would take away what was typed: its sentence is enough
      fail(main ? [...main.querySelectorAll("h1, h1 + p")].map((part) => part.textContent).join(". ") : form.dataset.saidFailed);
    }
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  // what the pressed button says goes with it
  request.send(new FormData(form, button));
}

function leave(address) {
  const next = new URL(address, location.href);
  if (next.pathname + next.search === location.pathname + location.search) {
    // the same page with an anchor: going there alone would load nothing
    history.replaceState(null, "", next);
    location.reload();
  } else {
    location.assign(next);
  }
}
