/* What is typed on a ticket goes to the server a second after one stops: it waits there for any browser. */

const PAUSE = 1000;

export class ServerDraft {
  /** @param form a sheet's form: data-draft is the address, data-sheet-form the kind */
  constructor(form, editors) {
    this.form = form;
    this.editors = editors;
    this.area = form.querySelector("textarea");
    this.state = form.querySelector("[data-draft-state]");
    this.saved = this.area.value;
    this.over = false;
    for (const type of ["input", "edited"]) this.area.addEventListener(type, () => this.touch());
    form.addEventListener("submit", () => this.stop());
    const leave = () => this.leave();
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  }

  /** Whether somebody typed here in the last so many milliseconds. */
  typedWithin(time) {
    return this.touched !== undefined && Date.now() - this.touched < time;
  }

  get isSending() {
    return this.form.querySelector("[type=submit][aria-disabled=true]") !== null;
  }

  touch() {
    this.touched = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  /** The words as they stand now, if they are others than those kept, and nobody is sending them. */
  changed() {
    if (this.over || this.isSending || !this.form.isConnected) return null;
    this.editors.save();
    return this.area.value === this.saved ? null : this.area.value;
  }

  data(words) {
    const data = new FormData();
    data.set("csrf_token", this.form.elements.csrf_token.value);
    data.set("kind", this.form.dataset.sheetForm);
    data.set("message", words);
    return data;
  }

  async save() {
    const words = this.changed();
    if (words === null) return;
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const answer = await fetch(this.form.dataset.draft, { method: "POST", body: this.data(words), signal });
      if (!answer.ok) throw new TypeError(answer.statusText);
      this.saved = words;
      this.state.textContent = (await answer.json()).said;
    } catch (error) {
      if (error.name === "AbortError") return;
      // fetch calls a lost connection a TypeError
      if (!(error instanceof TypeError)) throw error;
      this.state.textContent = this.form.dataset.saidUnsaved;
    }
  }

  /** The page goes away: the browser carries the words on its own. */
  leave() {
    const words = this.changed();
    if (words === null) return;
    this.stop();
    if (navigator.sendBeacon(this.form.dataset.draft, this.data(words))) this.saved = words;
    // larger than what a browser carries for a page that is gone
    else this.save();
  }

  /** It is sent: nothing of it comes back. */
  forget() {
    this.over = true;
    this.stop();
  }
}
