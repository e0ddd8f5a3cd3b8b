// Turns each textarea marked data-rich-text into an editor for exactly what the site's pages show.
// Without JavaScript the textarea stays, and the server cleans what is typed there all the same.
import {
  Bold,
  BulletList,
  Document,
  Editor,
  HardBreak,
  Heading,
  History,
  Italic,
  ListItem,
  Mark,
  OrderedList,
  Paragraph,
  Text,
  updateAttrsDialog,
} from "../django_prose_editor/editor.js";

const SELECTOR = "textarea[data-rich-text]";
const LINK_RULE = "Start with https://, tel: or mailto:, with / for a page of this site, or with #.";

// The server's rule, is_safe_href in conditions/rich_text.py, which has the last word.
const isSafeHref = (href) =>
  /^[^\x00-\x20\x7f]+$/.test(href) && /^(#|\/(?![/\\])|tel:|mailto:|https:\/\/)/i.test(href);

const askForAddress = updateAttrsDialog(
  { href: { type: "string", title: "Address", description: LINK_RULE } },
  { title: "Link", submitText: "Use this address" },
);

async function editLink(editor) {
  if (editor.state.selection.empty && !editor.isActive("link")) {
    return "Select the words first that shall become a link.";
  }
  const answer = await askForAddress(editor, editor.getAttributes("link"));
  if (!answer) return "";
  editor.view.focus();
  const href = answer.href.trim();
  const whole = editor.chain().extendMarkRange("link");
  if (!href) whole.unsetMark("link").run();
  else if (isSafeHref(href)) whole.setMark("link", { href }).run();
  else return `This address cannot be used. ${LINK_RULE}`;
  return "";
}

// The package's own link has titles, targets and automatic links, none of which the site shows.
const Link = Mark.create({
  name: "link",
  priority: 1000,
  inclusive: false,
  addAttributes: () => ({ href: {} }),
  parseHTML: () => [
    { tag: "a[href]", getAttrs: (a) => isSafeHref(a.getAttribute("href")) && null },
  ],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
});

// The policy refuses styles, even in what is pasted. What they say about bold and italic, as Google
// Docs does, is read from another attribute.
const renameStyles = (html) =>
  html
    .replace(/<style[^]*?<\/style\s*>/gi, "")
    .replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));

const Strong = Bold.extend({
  parseHTML: () => [
    { tag: "strong, b:not([data-style*='font-weight:normal'])" },
    { tag: "span[data-style*='font-weight:700']" },
  ],
});

const Emphasis = Italic.extend({
  parseHTML: () => [{ tag: "em, i" }, { tag: "span[data-style*='font-style:italic']" }],
});

// Tab leaves the editor from inside a list too.
const Item = ListItem.extend({
  addKeyboardShortcuts() {
    return { Enter: this.parent().Enter };
  },
});

const EXTENSIONS = [
  Document,
  Paragraph,
  Text,
  HardBreak,
  Strong,
  Emphasis,
  Link,
  Heading.configure({ levels: [3] }),
  BulletList,
  OrderedList.extend({ addAttributes: () => ({}) }),
  Item,
  History,
];

const BUTTONS = [
  ["Bold", "bold", ({ commands }) => commands.toggleBold()],
  ["Italic", "italic", ({ commands }) => commands.toggleItalic()],
  ["Heading", "heading", ({ commands }) => commands.toggleHeading({ level: 3 })],
  ["Bullet list", "bulletList", ({ commands }) => commands.toggleBulletList()],
  ["Numbered list", "orderedList", ({ commands }) => commands.toggleOrderedList()],
  ["Link", "link", editLink],
  ["Undo", null, ({ commands }) => commands.undo()],
  ["Redo", null, ({ commands }) => commands.redo()],
];

const make = (tag, attributes) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

function toolbar(editor) {
  const bar = make("div", { class: "rich-text__bar", role: "group", "aria-label": "Formatting" });
  const note = make("p", { class: "rich-text__note", role: "status" });
  const buttons = BUTTONS.map(([label, name, command]) => {
    const button = make("button", { type: "button", class: "button" });
    button.textContent = label;
    button.addEventListener("click", async () => {
      editor.view.focus();
      const complaint = await command(editor);
      note.textContent = typeof complaint === "string" ? complaint : "";
    });
    const show = () => button.setAttribute("aria-pressed", editor.isActive(name));
    if (name) editor.on("transaction", show);
    if (name) show();
    return button;
  });
  bar.append(...buttons, note);
  return bar;
}

function createEditor(textarea) {
  // `prose-editor` is what the package's stylesheet knows.
  const box = make("div", { class: "rich-text prose-editor" });
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const name = label?.textContent.replace(/:\s*$/, "").trim() ?? "Text";
  const help = textarea.getAttribute("aria-describedby");
  textarea.before(box);
  const editor = new Editor({
    element: box,
    // The styles are in css/rich-text.css: the site allows none inside the page.
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    extensions: EXTENSIONS,
    content: textarea.value,
    editorProps: {
      transformPastedHTML: renameStyles,
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": name,
        ...(help && { "aria-describedby": help }),
      },
    },
    // Only what is typed reaches the form: opening an article changes nothing in it.
    onUpdate: () => {
      textarea.value = editor.isEmpty ? "" : editor.getHTML();
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  box.prepend(toolbar(editor));
  // It stays on the page, unseen, so that its label and links to the field lead to the editor.
  box.append(textarea);
  textarea.tabIndex = -1;
  textarea.setAttribute("aria-hidden", "true");
  textarea.addEventListener("focus", () => editor.commands.focus());
}

function createEditors(container) {
  for (const textarea of container.querySelectorAll(SELECTOR)) {
    // The admin keeps one empty row that "Add another" copies.
    if (!textarea.id.includes("__prefix__")) createEditor(textarea);
  }
}

createEditors(document);
document.addEventListener("formset:added", ({ target }) => createEditors(target));
