/* What is typed stays in this tab until it is sent: a reload, another language, a wrong click lose no word. */

const PREFIX = "draft:";

let left = false;

/** The tab's own store; null where the browser keeps none. */
function store() {
  try {
    return sessionStorage;
  } catch (error) {
    if (error.name === "SecurityError") return null;
    throw error;
  }
}

/** Forget all drafts: whoever leaves their ticket leaves nothing to the next reader. */
export function forgetDrafts() {
  left = true;
  const kept = store();
  for (const key of Object.keys(kept ?? {})) if (key.startsWith(PREFIX)) kept.removeItem(key);
}

export class Draft {
  constructor(form, editors) {
    this.form = form;
    this.editors = editors;
    // two clients' tickets are two drafts, though both forms go to one address
    this.key = PREFIX + (form.dataset.keepAs ?? new URL(form.action).pathname);
    this.over = false;
    addEventListener("pagehide", () => this.keep());
    // the browser may bring the page back as it was left
    addEventListener("pageshow", (event) => { if (event.persisted) this.over = left = false; });
    form.addEventListener("click", (event) => { if (event.target.closest(".acts a")) this.forget(); });
    // for the script of a plugin, which may give the form up and think better of it
    form.addEventListener("given-up", () => this.forget());
    form.addEventListener("taken-up", () => { this.over = false; });
  }

  /** The fields with words of the reader's; files can't be kept, and hidden fields belong to one page. */
  get fields() {
    return [...this.form.elements].filter((field) => field.name && !["hidden", "file", "submit", "reset"].includes(field.type));
  }

  /** Put back what was typed. A form that came back from the server has newer words than the store. */
  restore() {
    const kept = store()?.getItem(this.key);
    if (!kept || this.form.querySelector(".summary")) return;
    const typed = JSON.parse(kept);
    for (const field of this.fields) {
      if (!(field.name in typed)) continue;
      if (field.type === "checkbox") field.checked = typed[field.name];
      else field.value = typed[field.name];
    }
  }

  keep() {
    if (this.over || left || !this.form.isConnected) return;
    this.editors.save();
    const typed = this.fields.filter((field) => (field.type === "checkbox" ? field.checked : field.value.trim()));
    const written = typed.some((field) => field.type !== "select-one");
    if (!written) {
      store()?.removeItem(this.key);
      return;
    }
    const values = typed.map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
    try {
      store()?.setItem(this.key, JSON.stringify(Object.fromEntries(values)));
    } catch (error) {
      // pictures in the text can be larger than what a browser keeps
      if (error.name !== "QuotaExceededError") throw error;
    }
  }

  /** It is sent, or was given up: nothing of it comes back. */
  forget() {
    this.over = true;
    store()?.removeItem(this.key);
  }
}
