/* The writing place of a ticket: a reply and a note as two sheets, each with its editor, its files and its draft. */

import { CannedReplies } from "./canned.js";
import { Editors } from "./editor.js";
import { Files } from "./files.js";
import { guardSending } from "./send.js";
import { ServerDraft } from "./server-draft.js";

class Sheet {
  constructor(form, enhance) {
    this.form = form;
    this.panel = form.parentElement;
    this.enhance = enhance;
  }

  /** Make it nicer, the first time it is looked at: a hidden editor doesn't know how large it is. */
  start() {
    if (this.editors) return;
    const { form } = this;
    const box = form.querySelector("[data-files]");
    form.querySelector("textarea").dataset.height = "200";
    this.editors = new Editors(form, box ? new Files(box, form) : null);
    this.draft = new ServerDraft(form, this.editors);
    guardSending(form, this.editors, this.draft, this.enhance);
    const canned = form.querySelector(".canned");
    // a plugin's script puts a text in
    form.addEventListener("insert-text", (event) => this.insert(event.detail));
    if (canned) new CannedReplies(canned, (id) => this.insertCanned(id));
  }

  async insertCanned(id) {
    const answer = await fetch(`${location.pathname}/canned-replies/${id}`);
    if (answer.ok) this.insert((await answer.json()).html);
  }

  /** Put a text where the cursor stands. */
  insert(html) {
    const editor = this.editors.editors[0];
    if (editor) {
      editor.focus();
      editor.insertContent(html);
      return;
    }
    const area = this.form.querySelector("textarea");
    const reader = document.createElement("div");
    reader.innerHTML = html.replace(/<\/(p|li|h\d|blockquote)>|<br>/g, "$&\n");
    area.setRangeText(reader.textContent, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  focus() {
    const editor = this.editors.editors[0];
    if (editor) editor.focus();
    else this.form.querySelector("textarea").focus();
    this.panel.scrollIntoView({ block: "nearest" });
  }
}

export class Sheets {
  constructor(place, enhance) {
    this.tabs = [...place.querySelectorAll(".sheets a")];
    this.sheets = new Map([...place.querySelectorAll("[data-sheet-form]")].map((form) => [form.dataset.sheetForm, new Sheet(form, enhance)]));
    place.querySelector(".sheets").setAttribute("role", "tablist");
    for (const tab of this.tabs) this.setUp(tab);
    const asked = this.sheets.has(location.hash.slice(1)) ? location.hash.slice(1) : null;
    this.show(place.querySelector(".summary") ? place.dataset.writing : asked ?? place.dataset.writing);
  }

  setUp(tab) {
    const kind = tab.dataset.key;
    const { panel } = this.sheets.get(kind);
    tab.setAttribute("role", "tab");
    tab.id = `tab-${kind}`;
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      this.show(kind).focus();
    });
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = this.tabs.find((one) => one !== tab);
      this.show(other.dataset.key);
      other.focus();
    });
  }

  /** Bring one of the sheets up. */
  show(kind) {
    for (const tab of this.tabs) {
      const on = tab.dataset.key === kind;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      this.sheets.get(tab.dataset.key).panel.hidden = !on;
    }
    const sheet = this.sheets.get(kind);
    sheet.start();
    return sheet;
  }

  typedWithin(time) {
    return [...this.sheets.values()].some((sheet) => sheet.draft?.typedWithin(time));
  }
}
