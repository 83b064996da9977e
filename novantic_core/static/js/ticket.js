/* A ticket's page works without this script; with it, one writes, answers and looks around quicker. */

import { enhance as enhanceForms } from "./form.js";
import { leadToNeighbours } from "./neighbours.js";
import { watch } from "./presence.js";
import { Sheets } from "./sheets.js";

/** What applies a choice shows when there is one to apply. */
function watchChoices(form) {
  const selects = [...form.querySelectorAll("select")];
  const mark = () => {
    const changed = selects.some((select) => ![...select.selectedOptions].every((option) => option.defaultSelected));
    form.classList.toggle("changed", changed);
  };
  form.classList.add("enhanced-change");
  form.addEventListener("change", mark);
  mark();
}

/** The words that are marked in a message, else all of it but what is folded. */
function quoted(body, selection) {
  const range = selection?.rangeCount ? selection.getRangeAt(0) : null;
  const marked = range && !range.collapsed && body.contains(range.commonAncestorContainer);
  const holder = document.createElement("div");
  holder.append(...(marked ? range.cloneContents() : body.cloneNode(true)).childNodes);
  for (const folded of holder.querySelectorAll("details")) folded.remove();
  return holder.innerHTML;
}

function listen(main, sheets) {
  let kept = "";
  const sayHtml = (link) => {
    const line = document.createElement("p");
    line.textContent = link.dataset.quote;
    return `${line.outerHTML}<blockquote>${kept || quoted(link.closest(".said").querySelector(".body"))}</blockquote><p></p>`;
  };
  main.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("[data-quote]");
    // the press itself takes the marking away
    kept = link ? quoted(link.closest(".said").querySelector(".body"), getSelection()) : "";
  });
  main.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-quote], [data-copy-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches("[data-quote]")) {
      const sheet = sheets.show(link.dataset.sheet);
      sheet.insert(sayHtml(link));
      sheet.focus();
      return;
    }
    await navigator.clipboard.writeText(link.href);
    const words = link.textContent;
    link.textContent = link.dataset.said;
    setTimeout(() => { link.textContent = words; }, 2000);
  });
}

/** A key alone must not send a client a mail: it leads to the button, and the next press, of it or of Enter, closes. */
function askTwice(button) {
  button?.addEventListener("click", (event) => {
    if (event.isTrusted || document.activeElement === button) return;
    event.preventDefault();
    button.focus();
  });
}

function setUp(main) {
  const sheets = new Sheets(main.querySelector(".write"), enhance);
  for (const form of main.querySelectorAll("form[data-change]")) watchChoices(form);
  listen(main, sheets);
  askTwice(main.querySelector("[data-key=close]"));
  leadToNeighbours(main, main.dataset.ticket);
  watch(main, sheets);
  const print = main.querySelector("[data-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

/** For a page that came back with errors: the forms of other cards are in it too. */
function enhance(main) {
  setUp(main);
  enhanceForms(main);
}

setUp(document.querySelector("main"));
