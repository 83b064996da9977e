/* Files of a form: dropped, chosen or pasted, listed with their sizes, checked before they are sent. */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

function readableSize(bytes) {
  const power = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), UNITS.length - 1);
  const count = bytes / 1024 ** power;
  const form = {
    style: "unit", unit: UNITS[power], unitDisplay: power ? "short" : "long",
    maximumFractionDigits: count < 10 && power ? 1 : 0,
  };
  return new Intl.NumberFormat(document.documentElement.lang, form).format(count);
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The files that a paste or a drop brings. */
export function filesOf(transfer) {
  return transfer ? [...transfer.files] : [];
}

export class Files {
  /** @param box the element marked data-files: its data- attributes hold the limits and the words */
  constructor(box, form) {
    this.said = box.dataset;
    this.input = box.querySelector("input[type=file]");
    this.list = box.querySelector(".chosen");
    this.trouble = box.querySelector(".trouble");
    this.kept = box.querySelector(".kept");
    this.chosen = [];
    box.classList.add("enhanced");
    const label = box.querySelector("[data-drop-label]");
    label.before(element("span", "", label.dataset.dropLabel));
    box.querySelector("[data-plain]")?.remove();
    for (const item of this.kept?.querySelectorAll("li") ?? []) this.simplify(item);
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    form.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    this.listenForDrops(box);
    // a browser that comes back to the page may have kept the choice
    this.add([...this.input.files]);
  }

  listenForDrops(box) {
    // anywhere on the page: a file dropped beside the frame would otherwise replace the page and all that was typed
    const page = new AbortController();
    const listen = (type, act) => {
      const guarded = (event) => {
        if (!box.isConnected) page.abort();
        else if (event.dataTransfer?.types.includes("Files")) act(event);
      };
      document.addEventListener(type, guarded, { signal: page.signal });
    };
    const mark = (on) => box.classList.toggle("dragging", on);
    listen("dragover", (event) => { event.preventDefault(); mark(true); });
    listen("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
    listen("drop", (event) => { mark(false); this.take(event, event.dataTransfer); });
  }

  take(event, transfer) {
    const files = filesOf(transfer);
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  /** Add the files that keep to the limits; say why the others don't. */
  add(files) {
    const known = new Set(this.chosen.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
    const refused = [];
    for (const file of files) {
      const key = `${file.name}/${file.size}/${file.lastModified}`;
      if (known.has(key)) refused.push(`${file.name} ${this.said.saidTwice}`);
      else if (file.size === 0) refused.push(`${file.name} ${this.said.saidEmpty}`);
      else if (file.size > Number(this.said.maxSize)) refused.push(`${file.name} ${this.said.saidTooLarge}`);
      else if (this.count >= Number(this.said.maxCount)) refused.push(`${file.name} ${this.said.saidTooMany}`);
      else {
        known.add(key);
        this.chosen.push(file);
      }
    }
    this.show(refused);
  }

  get count() {
    return this.chosen.length + (this.kept?.childElementCount ?? 0);
  }

  clear() {
    this.chosen = [];
    this.kept?.remove();
    this.show([]);
  }

  show(refused) {
    // the browser's own control holds the choice, so that the form is sent as if there were no script
    const transfer = new DataTransfer();
    for (const file of this.chosen) transfer.items.add(file);
    this.input.files = transfer.files;
    this.trouble.textContent = refused.join("\n");
    this.list.replaceChildren(...this.chosen.map((file) => this.row(file)));
  }

  row(file) {
    const row = element("li", "");
    const remove = () => {
      this.chosen = this.chosen.filter((other) => other !== file);
      this.show([]);
    };
    row.append(
      element("span", "name", file.name), element("span", "muted", readableSize(file.size)), this.button(file.name, remove),
    );
    return row;
  }

  button(name, remove) {
    const button = element("button", "", this.said.saidRemove);
    button.type = "button";
    button.setAttribute("aria-label", `${this.said.saidRemove} ${name}`);
    button.addEventListener("click", () => {
      remove();
      this.input.focus();
    });
    return button;
  }

  /** A file kept from a refused form: its box gives way to the same button. */
  simplify(item) {
    const box = item.querySelector("input");
    box.type = "hidden";
    const words = [...item.querySelectorAll("label > span")];
    item.replaceChildren(box, ...words, this.button(words[0].textContent, () => {
      item.remove();
      this.show([]);
    }));
  }
}
