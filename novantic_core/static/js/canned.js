/* The list of canned replies as a field to search in; what is chosen is put where the cursor stands. */

let count = 0;

function item(text, className) {
  const made = document.createElement("li");
  made.textContent = text;
  made.className = className;
  return made;
}

export class CannedReplies {
  /** @param insert what to do with the id of the reply that was chosen */
  constructor(box, insert) {
    this.insert = insert;
    const select = box.querySelector("select");
    const label = box.querySelector("label");
    this.groups = [...select.children].flatMap((child) => (child.matches("optgroup") ? [[child.label, [...child.children]]] : []));
    const loose = [...select.children].filter((child) => child.matches("option[value]:not([value=''])"));
    if (loose.length) this.groups.push(["", loose]);
    this.list = document.createElement("ul");
    this.list.id = `canned-list-${++count}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label.textContent);
    this.list.hidden = true;
    this.input = document.createElement("input");
    this.input.id = select.id;
    this.input.placeholder = select.options[0].textContent;
    this.input.autocomplete = "off";
    for (const [name, value] of [["role", "combobox"], ["aria-controls", this.list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) {
      this.input.setAttribute(name, value);
    }
    select.replaceWith(this.input);
    box.querySelector("button").remove();
    box.append(this.list);
    this.listen(box);
  }

  listen(box) {
    this.input.addEventListener("focus", () => this.show());
    this.input.addEventListener("input", () => this.show());
    this.input.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) this.hide(); });
    // before the field loses the focus
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(row);
    });
  }

  get rows() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  show() {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const words = plain(this.input.value).split(/\s+/);
    this.list.replaceChildren(...this.groups.flatMap(([label, options]) => {
      const found = options.filter((option) => words.every((word) => plain(option.textContent).includes(word)));
      const rows = found.map((option) => {
        const row = item(option.textContent, "");
        row.setAttribute("role", "option");
        row.dataset.id = option.value;
        row.id = `${this.list.id}-${option.value}`;
        return row;
      });
      if (!rows.length || !label) return rows;
      const head = item(label, "group");
      head.setAttribute("role", "presentation");
      return [head, ...rows];
    }));
    this.open(this.rows.length > 0);
    this.mark(this.rows[0]);
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
  }

  hide() {
    this.open(false);
    this.mark(null);
  }

  mark(row) {
    for (const one of this.rows) one.setAttribute("aria-selected", String(one === row));
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const rows = this.rows;
    const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.list.hidden) this.hide();
    else if (event.key === "ArrowDown" && this.list.hidden) this.show();
    else if (event.key === "ArrowDown") this.mark(rows[(now + 1) % rows.length]);
    else if (event.key === "ArrowUp" && rows.length) this.mark(rows[(now - 1 + rows.length) % rows.length]);
    else if (event.key === "Enter") {
      if (!this.list.hidden && rows[now]) this.choose(rows[now]);
    } else return;
    event.preventDefault();
  }

  choose(row) {
    this.input.value = "";
    this.hide();
    this.insert(row.dataset.id);
  }
}
