/* Who is calling: contacts are offered while one types, and the one chosen fills the form in (a combobox as WAI-ARIA has it). */

const WAIT = 150;

class Caller {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("[name=q]");
    this.count = form.querySelector("[data-count]");
    this.found = [];
    this.active = -1;
    this.list = document.createElement("ul");
    this.list.id = "callers";
    this.list.className = "callers";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", form.querySelector("label").textContent);
    this.input.after(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list",
    })) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // before the field loses the focus, which closes the list
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(this.input.value.trim()), WAIT);
  }

  async ask(words) {
    if (words.length < 2) {
      this.close();
      this.count.textContent = "";
      return;
    }
    const address = new URL(this.form.dataset.suggest, location.href);
    address.searchParams.set("q", words);
    const answer = await fetch(address).catch(() => null);
    // without an answer the button still searches; an answer to what was typed before is late
    if (!answer?.ok || this.input.value.trim() !== words) return;
    this.show(await answer.json());
  }

  show(found) {
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((one, place) => this.option(one, place)));
    const { saidNone, saidOne, saidMany } = this.form.dataset;
    this.count.textContent = found.length === 0 ? saidNone : found.length === 1 ? saidOne : saidMany.replace("{n}", found.length);
    this.open(found.length > 0);
  }

  option(one, place) {
    const option = document.createElement("li");
    option.id = `caller-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const name = document.createElement("strong");
    name.textContent = one.name;
    const rest = document.createElement("span");
    rest.textContent = [one.company, one.email].filter(Boolean).join(" · ");
    option.append(name, " ", rest);
    return option;
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
    if (!on) this.mark(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.open(false);
  }

  mark(place) {
    this.active = place;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = this.list.children[place];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    const shown = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.found.length) return;
      event.preventDefault();
      this.open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const start = this.active < 0 && step < 0 ? 0 : this.active;
      this.mark((start + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && shown && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      this.close();
    }
  }

  /** The page for this contact knows all: its card and its fields are taken over, what was written besides stays. */
  async choose(place) {
    const one = this.found[place];
    this.close();
    this.input.value = one.name;
    const address = new URL(this.form.action);
    address.searchParams.set("contact", one.id);
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) {
      location.assign(address);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = page.getElementById("known");
    const theirs = page.querySelector("[data-client]");
    const own = document.querySelector("[data-client]");
    if (!known || !theirs || !own) {
      location.assign(address);
      return;
    }
    document.getElementById("known").replaceChildren(...known.childNodes);
    for (const field of theirs.querySelectorAll("input, select")) {
      const mine = own.querySelector(`[name="${CSS.escape(field.name)}"]`);
      if (!mine) continue;
      if (mine.type === "checkbox") mine.checked = field.checked;
      else mine.value = field.value;
    }
    document.querySelector(".on-behalf [name=subject]")?.focus();
  }
}

const form = document.querySelector("form.caller[data-suggest]");
if (form) new Caller(form);
