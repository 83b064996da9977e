/* Choosing organisations or articles while one types. Without this script a button looks for them. */

const WAIT = 250;

class Picks {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[type=search]");
    this.picked = box.querySelector("[data-picked]");
    this.found = box.querySelector("[data-found]");
    this.none = box.querySelector("[data-none]");
    box.querySelector("button[name=find]").remove();
    this.asked = 0;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      // Enter takes the only one that is left, and never saves the whole form
      event.preventDefault();
      const rows = this.found.querySelectorAll("input");
      if (rows.length === 1) this.take(rows[0]);
    });
    this.found.addEventListener("change", (event) => this.take(event.target));
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  async look() {
    const words = this.input.value.trim();
    const asked = ++this.asked;
    const rows = words ? await this.ask(words) : [];
    if (asked !== this.asked || rows === null) return;
    const have = new Set([...this.picked.querySelectorAll("input")].map((input) => input.value));
    const fresh = rows.filter((row) => !have.has(String(row.id)));
    this.found.replaceChildren(...fresh.map((row) => this.row(row)));
    this.none.textContent = words && !fresh.length ? this.box.dataset.saidNone : "";
    this.none.hidden = !this.none.textContent;
  }

  async ask(words) {
    const query = new URLSearchParams({ q: words, without: this.box.dataset.without });
    const answer = await fetch(`${this.box.dataset.picks}?${query}`);
    return answer.ok ? answer.json() : null;
  }

  row({ id, label }) {
    const item = document.createElement("li");
    const outer = document.createElement("label");
    const input = document.createElement("input");
    const words = document.createElement("span");
    outer.className = "check";
    Object.assign(input, { type: "checkbox", name: this.box.dataset.name, value: id });
    words.textContent = label;
    outer.append(input, " ", words);
    item.append(outer);
    return item;
  }

  take(input) {
    input.checked = true;
    this.picked.append(input.closest("li"));
    this.input.value = "";
    this.found.replaceChildren();
    this.input.focus();
  }
}

for (const box of document.querySelectorAll("[data-picks]")) new Picks(box);
