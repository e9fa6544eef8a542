// Forms in a conversation: what is filled in, what is wrong, one form in the place of another.

import { changeTrees } from "./kept.js";
import { el } from "./tree.js";

const FIELD = "f-";

// What to send: the button's action, and the fields of its form; of check boxes, one value a line.
export function pressOf(form, submitter) {
  const values = {};
  const data = new FormData(form, submitter);
  for (const [name, value] of data) {
    if (!name.startsWith(FIELD) || typeof value !== "string") continue;
    const field = name.slice(FIELD.length);
    values[field] = field in values ? `${values[field]}\n${value}` : value;
  }
  const comment = data.get("comment");
  if (comment) values.comment = comment;
  return { pressed: data.get("pressed"), values };
}

// Where to go on: the first thing to correct, else the reply's first title, else its first words.
export function placeToStart(reply) {
  const wrong = reply.querySelector('.form [aria-invalid="true"]');
  if (wrong) return wrong.matches("fieldset") ? wrong.querySelector("input:checked, input") : wrong;
  const place = reply.querySelector("h3") ?? reply.firstElementChild;
  if (place) place.tabIndex = -1;
  return place;
}

export const needsCorrection = (reply) => Boolean(reply.querySelector('.form [aria-invalid="true"]'));

// A form lives in one place: where the same one stands elsewhere, it is closed there.
export function closeOthers(talk, newest, sentence) {
  const keys = new Set(Array.from(newest.querySelectorAll(".form"), (form) => form.dataset.key));
  if (!keys.size) return;
  const closed = ["p", { class: "closed" }, [sentence]];
  for (const form of talk.querySelectorAll(".form")) {
    if (keys.has(form.dataset.key) && !newest.contains(form)) form.replaceWith(el(...closed));
  }
  changeTrees((tree, exchange) =>
    exchange.id !== newest.dataset.id && tree[1].class === "form" && keys.has(tree[1]["data-key"])
      ? closed
      : tree,
  );
}

// How many characters are left in a long text; told once they run out.
export function count(box, words) {
  const told = document.getElementById(`${box.id}-count`);
  if (!told) return;
  const left = Number(box.dataset.longest) - [...box.value].length;
  const sentence = left < 0 ? words.over : words.left;
  const shown = left < 200 || left < Number(box.dataset.longest) / 10;
  told.textContent = shown ? sentence.replace("{count}", String(Math.abs(left))) : "";
}

// A file's link, shown where it was asked for, and followed at once.
export function showFile(form, elements) {
  const place = el("div", { class: "fetched" }, []);
  place.append(...elements);
  if (form.nextElementSibling?.matches(".fetched")) form.nextElementSibling.remove();
  form.after(place);
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("a[download]")?.click();
  return place;
}
