/* The rich-text editor of a form. The text area is the fallback, and what is sent. */

import { filesOf } from "./files.js";

const ALIGNED = "p,h2,h3,h4,td,th,div,li,img,table";
const LOOKS_LIKE_HTML = /<\/?[a-z][^<>]*>/i;
const LOCALES = { fr: "fr_FR" };

let loading;

function load(folder) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${folder}/tinymce.min.js`;
    script.onload = () => {
      keepToPolicy(window);
      resolve(window.tinymce);
    };
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

/** Plain text as paragraphs: what was typed before the editor was there, or came back from the server. */
function asHtml(text) {
  if (!text.trim() || LOOKS_LIKE_HTML.test(text)) return text;
  const holder = document.createElement("p");
  return text.trim().split(/\n\s*\n/).map((block) => {
    holder.textContent = block;
    return `<p>${holder.innerHTML.replaceAll("\n", "<br>")}</p>`;
  }).join("");
}

/** The words of a field for who can't see it: label, error, help, and the way to the tools. */
function spokenLabel(area) {
  const described = (area.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id));
  const label = area.labels[0]?.querySelector("span") ?? area.labels[0];
  return [label, ...described].filter(Boolean).map((part) => part.textContent.trim()).concat(area.dataset.saidTools).join(". ");
}

export class Editors {
  /** @param files the form's files, which take what is pasted or dropped into the text and is no picture */
  constructor(form, files) {
    this.files = files;
    this.editors = [];
    for (const area of form.querySelectorAll("textarea[data-editor]")) {
      load(area.dataset.editor).then((tinymce) => area.isConnected && this.start(tinymce, area), () => {});
    }
    form.addEventListener("click", (event) => this.lead(event));
  }

  async start(tinymce, area) {
    const typing = document.activeElement === area;
    area.value = asHtml(area.value);
    const [editor] = await tinymce.init({ ...options(area), setup: (made) => this.setUp(made) });
    if (!editor) return;
    this.editors.push(editor);
    followColours(editor);
    if (typing) editor.focus();
  }

  /** A label, or a line of the summary of errors, leads into the editor instead of the hidden text area. */
  lead(event) {
    const link = event.target.closest("label[for], a[href^='#']");
    const id = link?.getAttribute("for") ?? link?.hash.slice(1);
    const editor = this.editors.find((one) => one.id === id);
    if (!editor) return;
    event.preventDefault();
    editor.focus();
    editor.getContainer().scrollIntoView({ block: "center" });
  }

  save() {
    for (const editor of this.editors) editor.save();
  }

  clear() {
    for (const editor of this.editors) editor.resetContent("");
  }

  remove() {
    for (const editor of this.editors.splice(0)) editor.remove();
  }

  setUp(editor) {
    // the server keeps no inline style: what moves to the right is a quotation, which mail programs show so too
    editor.on("BeforeExecCommand", (event) => {
      const command = event.command.toLowerCase();
      if (!["indent", "outdent"].includes(command) || editor.dom.getParent(editor.selection.getNode(), "li")) return;
      event.preventDefault();
      editor.formatter[command === "indent" ? "apply" : "remove"]("blockquote");
      editor.nodeChanged();
    });
    // the editor's own buttons of these names look for inline styles to know whether there is something to undo
    for (const [name, tooltip] of [["Indent", "Increase indent"], ["Outdent", "Decrease indent"]]) {
      editor.ui.registry.addButton(`${name}ation`, {
        icon: name.toLowerCase(), tooltip, onAction: () => editor.execCommand(name),
      });
    }
    editor.on("PreInit", () => keepToPolicy(editor.getWin()));
    editor.on("input change undo redo", () => {
      const detail = { text: () => editor.getContent({ format: "text" }) };
      editor.getElement().dispatchEvent(new CustomEvent("edited", { bubbles: true, detail }));
    });
    editor.on("paste drop", (event) => {
      const files = filesOf(event.clipboardData ?? event.dataTransfer).filter((file) => !file.type.startsWith("image/"));
      if (!files.length || !this.files) return;
      event.preventDefault();
      this.files.add(files);
    });
    editor.ui.registry.addButton("picture", {
      icon: "image", tooltip: "Insert image", onAction: () => askForPicture(editor),
    });
    editor.ui.registry.addButton("video", {
      icon: "embed", tooltip: "Insert video", onAction: () => askForVideo(editor),
    });
  }
}

/** The editor writes HTML with style attributes for its passing needs, such as a mark to scroll to; the site's policy
 * stops each with an error in the console. Styles set by a script are allowed: so they are set that way. */
function keepToPolicy(view) {
  const html = Object.getOwnPropertyDescriptor(view.Element.prototype, "innerHTML");
  const set = function (source) {
    const named = String(source).replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/ style="/g, ' data-styled="'));
    html.set.call(this, named);
    for (const styled of this.querySelectorAll("[data-styled]")) {
      styled.style.cssText = styled.dataset.styled;
      delete styled.dataset.styled;
    }
  };
  Object.defineProperty(view.Element.prototype, "innerHTML", { ...html, set });
}

const night = matchMedia("(prefers-color-scheme: dark)");
const skin = () => (night.matches ? "oxide-dark" : "oxide");

/** The page's own style sheets follow the browser's colours by themselves; the editor's come in two sets. */
function followColours(editor) {
  const change = () => {
    for (const page of [document, editor.getDoc()]) {
      for (const sheet of page.querySelectorAll('link[href*="/skins/ui/oxide"]')) {
        const href = sheet.href.replace(/\/oxide(-dark)?\//, `/${skin()}/`);
        // several editors share those of the page
        if (href !== sheet.href) sheet.href = href;
      }
    }
  };
  night.addEventListener("change", change);
  editor.on("remove", () => night.removeEventListener("change", change));
}

function options(area) {
  const aligned = (side) => ({ selector: ALIGNED, classes: `align-${side}` });
  return {
    target: area,
    base_url: area.dataset.editor,
    suffix: ".min",
    language: LOCALES[area.dataset.locale],
    iframe_aria_text: spokenLabel(area),
    skin: skin(),
    content_css: area.dataset.styles.split(" "),
    plugins: "autolink autoresize code link lists table",
    toolbar: area.dataset.tools === "few" ? "bold italic underline | link code" :
      "bold italic underline strikethrough | bullist numlist outdentation indentation | picture video table link | " +
      "alignleft aligncenter alignright alignjustify | hr code",
    toolbar_mode: area.clientWidth < 700 ? "sliding" : "wrap",
    menubar: false,
    contextmenu: false,
    branding: false,
    promotion: false,
    statusbar: false,
    highlight_on_focus: true,
    min_height: Number(area.dataset.height ?? 280),
    max_height: 700,
    autoresize_bottom_margin: 16,
    autoresize_overflow_padding: 12,
    browser_spellcheck: true,
    // addresses stay as they were written; nothing carries a style attribute, which the server would take away
    convert_urls: false,
    inline_styles: false,
    valid_styles: { "*": "" },
    formats: {
      underline: { inline: "u" },
      strikethrough: { inline: "s" },
      alignleft: aligned("left"),
      aligncenter: aligned("center"),
      alignright: aligned("right"),
      alignjustify: aligned("justify"),
    },
    automatic_uploads: false,
    object_resizing: false,
    link_default_protocol: "https",
    link_assume_external_targets: "https",
    link_target_list: false,
    link_title: false,
    table_sizing_mode: "responsive",
    table_resize_bars: false,
    table_default_attributes: {},
    table_default_styles: {},
    table_advtab: false,
    table_cell_advtab: false,
    table_row_advtab: false,
    table_appearance_options: false,
  };
}

function ask(editor, title, items, act) {
  editor.windowManager.open({
    title,
    body: { type: "panel", items },
    buttons: [{ type: "cancel", text: "Cancel" }, { type: "submit", text: "Save", buttonType: "primary" }],
    onSubmit: (dialog) => {
      act(dialog.getData());
      dialog.close();
    },
  });
}

function askForPicture(editor) {
  const items = [
    { type: "dropzone", name: "files" },
    { type: "input", name: "alt", label: "Alternative description" },
  ];
  ask(editor, "Insert image", items, ({ files, alt }) => {
    for (const file of files) {
      const reader = new FileReader();
      reader.onload = () => {
        const picture = editor.dom.createHTML("img", { src: reader.result, alt: alt || file.name });
        editor.insertContent(picture);
      };
      reader.readAsDataURL(file);
    }
  });
}

/** A video becomes a link, here as on the page: nothing is fetched from another host. */
function askForVideo(editor) {
  ask(editor, "Insert video", [{ type: "input", name: "url", label: "URL", inputMode: "url" }], ({ url }) => {
    const address = url.trim();
    if (!address) return;
    const href = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
    editor.insertContent(editor.dom.createHTML("a", { href }, editor.dom.encode(address)));
  });
}
