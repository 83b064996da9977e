/* The list of what a canned reply fills in: a click puts a variable where one is writing. */

for (const list of document.querySelectorAll("[data-variables]")) {
  const area = document.getElementById(list.dataset.variables);
  for (const code of list.querySelectorAll("dt code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "variable";
    button.append(code.cloneNode(true));
    button.addEventListener("click", () => insert(area, code.textContent));
    code.replaceWith(button);
  }
}

function insert(area, words) {
  const editor = window.tinymce?.get(area.id);
  if (editor) {
    editor.focus();
    editor.insertContent(words);
    return;
  }
  area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
  area.focus();
}
