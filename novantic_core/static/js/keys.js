/* Single keys for what is done a hundred times a day. A control says its own key: <button data-key="reply">.

   They can be switched off on the page of shortcuts (WCAG 2.1.4), and are deaf while somebody types. */

const SWITCH = "novantic.keys";

/** Which control each key presses; the page of shortcuts lists the same keys. */
const CONTROLS = { r: "reply", n: "note", a: "assign", c: "close", j: "next", k: "previous" };

const areOn = () => localStorage.getItem(SWITCH) !== "off";

function isTyping(target) {
  return target.isContentEditable || (target.matches("input, select, textarea") && !target.matches("[type=checkbox], [type=radio]"));
}

/** In a list, next and previous go from row to row. */
function step(direction) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row === document.activeElement || row.closest("tr")?.contains(document.activeElement));
  const next = rows[at < 0 ? (direction > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + direction, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(name) {
  const control = [...document.querySelectorAll(`[data-key="${name}"]`)].find((one) => one.checkVisibility?.() ?? true);
  if (!control) return false;
  if (control.matches("a, button, summary, label")) control.click();
  else control.focus();
  return true;
}

function act(key) {
  if (key === "/") {
    const seek = document.getElementById("seek");
    seek?.focus();
    seek?.select();
    return Boolean(seek);
  }
  if (key === "q") {
    location.assign("/admin/tickets");
    return true;
  }
  if (key === "?") {
    document.querySelector("dialog.keys")?.showModal();
    return true;
  }
  const name = CONTROLS[key];
  if (!name) return false;
  return press(name) || ((key === "j" || key === "k") && step(key === "j" ? 1 : -1));
}

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
  for (const link of document.querySelectorAll("[data-keys-open]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector("dialog.keys")?.showModal();
    });
  }
  for (const box of document.querySelectorAll("[data-keys-switch]")) {
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.checked = areOn();
    box.addEventListener("change", () => {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
      for (const other of document.querySelectorAll("[data-keys-switch]")) other.checked = box.checked;
    });
  }
}
