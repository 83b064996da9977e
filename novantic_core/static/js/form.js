/* Forms that work without this script, made nicer: an editor, a place to drop files, progress, one sending only. */

import { Draft, forgetDrafts } from "./draft.js";
import { Editors } from "./editor.js";
import { Files } from "./files.js";
import { guardSending } from "./send.js";

/** Make the forms below a node nicer. Called again for a form that came back with errors. */
export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-form]")) {
    const box = form.querySelector("[data-files]");
    const files = box ? new Files(box, form) : null;
    const editors = new Editors(form, files);
    const draft = form.enctype === "multipart/form-data" ? new Draft(form, editors) : null;
    draft?.restore();
    guardSending(form, editors, draft, enhance);
    form.addEventListener("reset", (event) => {
      if (form.querySelector(".summary")) {
        // the browser would go back to what was refused: a fresh page is empty
        event.preventDefault();
        draft?.forget();
        location.assign(location.pathname + location.search);
        return;
      }
      files?.clear();
      editors.clear();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
  }
  root.querySelector("[data-focus]")?.focus();
}

enhance(document);
document.querySelector("form.leave")?.addEventListener("submit", forgetDrafts);
