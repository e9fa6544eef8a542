// The conversation, over the same forms that work without this script.

import { closeOthers, count, needsCorrection, placeToStart, pressOf, showFile } from "./forms.js";
import { changeTrees, draft, forgetAll, forgetExchanges, keep, keepDraft, kept } from "./kept.js";
import { el, newName } from "./tree.js";

const DISGUISING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const PATIENCE = 40_000; // ms, longer than the server's own

const talk = document.getElementById("conversation");
const news = document.getElementById("news");
const composer = document.getElementById("composer");
const box = document.getElementById("question");
const left = document.getElementById("count");
const words = JSON.parse(talk.dataset.words);
const lang = talk.dataset.lang;
const longest = Number(box.dataset.longest);
let busy = false;

// -- Showing --

function exchange(asked, exchangeLang, trees, id = newName()) {
  const title = el("h2", { class: "asked", tabindex: "-1" }, [
    (asked || words.reply).replace(DISGUISING, ""),
  ]);
  const reply = el("div", { class: "reply" }, trees);
  const made = el("article", { class: "exchange", lang: exchangeLang });
  made.dataset.id = id;
  made.append(title, reply);
  return made;
}

function say(sentence) {
  news.textContent = sentence;
}

function failure(sentence, reference, again) {
  const told = el("div", { class: "text error" }, [["p", {}, [sentence]]]);
  if (reference) told.append(el("p", { class: "reference" }, [reference]));
  const retry = el("button", { type: "button" }, [words.retry]);
  retry.addEventListener("click", again);
  told.append(retry);
  return told;
}

// What a screen reader is told of a reply that came in.
function arrived(reply) {
  if (needsCorrection(reply)) return words.to_correct;
  return reply.querySelector(".form .progress p")?.textContent ?? words.arrived;
}

const areErrors = (parts) => parts.every((part) => part.tree[1].class === "text error");

// -- Asking --

async function send(event) {
  let response;
  try {
    response = await fetch("/api/message", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    return { error: error.name === "TimeoutError" ? words.slow : words.offline };
  }
  try {
    const body = await response.json();
    if (response.status === 401) location.reload(); // to the login form; the draft is kept
    if (!response.ok) return { error: String(body.error), reference: String(body.reference ?? "") };
    showUnread(Number(body.unread) || 0);
    return body;
  } catch {
    return { error: response.ok ? words.unreadable : words.offline };
  }
}

function showUnread(number) {
  document.getElementById("unread").textContent = number || "";
  if (number) document.getElementById("notices").hidden = false;
}

// `event` keeps its name when it is sent again: the server then answers it once.
async function ask(event, asked) {
  if (busy) return;
  busy = true;
  document.getElementById("welcome")?.remove();
  const waiting = el("p", { class: "searching" }, [event.text ? words.searching : words.sending]);
  const shown = exchange(asked, lang, []);
  const reply = shown.querySelector(".reply");
  reply.append(waiting);
  reply.ariaBusy = "true";
  talk.append(shown);
  shown.scrollIntoView({ block: "start" });
  say(waiting.textContent);
  const body = await send(event);
  busy = false;
  waiting.remove();
  reply.ariaBusy = null;
  try {
    if (body.error) throw body;
    for (const part of body.parts) reply.append(el(...part.tree));
    remember(shown, body, asked);
    if (event.text && body.parts.some((part) => part.tree[1].class === "text error")) giveBack(event.text);
    say(arrived(reply));
    shown.querySelector(".asked").focus({ preventScroll: true });
    if (body.parts.length === 1 && body.parts[0].kind === "file") reply.querySelector("a").click();
  } catch (problem) {
    const sentence = problem.error ?? words.unreadable;
    if (event.text) giveBack(event.text);
    const again = () => {
      if (busy) return;
      shown.remove();
      if (box.value === event.text) write("");
      ask(event, asked);
    };
    reply.replaceChildren(failure(sentence, problem.reference, again));
    say(sentence);
    box.focus();
  }
}

function remember(shown, body, asked) {
  const trees = body.parts.map((part) => part.tree);
  const form = body.parts.findLast((part) => part.key)?.key ?? shown.dataset.form ?? "";
  shown.dataset.form = form;
  const said = asked === undefined ? {} : { asked };
  keep({ id: shown.dataset.id, lang: body.lang, form, trees, ...said });
  closeOthers(talk, shown, words.form_closed);
}

function giveBack(text) {
  if (!box.value) write(text);
}

// What is pressed in a step of a form. The reply takes the step's place when it answers the form,
// or brings the same form back; anything else stands on its own below. When nothing comes of it,
// the form stays as it was filled in.
async function step(shown, form, event, asked) {
  if (busy) return;
  busy = true;
  const reply = shown.querySelector(".reply");
  const told = form ?? reply;
  reply.ariaBusy = "true";
  say(words.sending);
  const body = await send(event);
  busy = false;
  reply.ariaBusy = null;
  reply.querySelector(".text.error.late")?.remove();
  try {
    if (body.error) throw body;
    const made = body.parts.map((part) => el(...part.tree));
    if (areErrors(body.parts)) {
      const refused = el("div", { class: "text error late", tabindex: "-1" }, []);
      refused.append(...made.flatMap((part) => [...part.childNodes]));
      told.append(refused);
      say(refused.textContent);
      refused.focus();
    } else if (form || body.parts.some((part) => part.key && part.key === shown.dataset.form)) {
      reply.replaceChildren(...made);
      remember(shown, body);
      say(arrived(reply));
      const place = placeToStart(reply);
      place?.focus({ preventScroll: true });
      (needsCorrection(reply) ? place.closest(".field") : shown).scrollIntoView({ block: "start" });
    } else {
      const next = exchange(asked, body.lang, body.parts.map((part) => part.tree));
      talk.append(next);
      remember(next, body, asked);
      say(arrived(next));
      next.scrollIntoView({ block: "start" });
      next.querySelector(".asked").focus({ preventScroll: true });
    }
  } catch (problem) {
    const sentence = problem.error ?? words.unreadable;
    const again = () => step(shown, form, event, asked);
    const failed = failure(sentence, problem.reference, again);
    failed.classList.add("late");
    told.append(failed);
    say(sentence);
    failed.querySelector("button").focus();
  }
}

async function fetchFile(form, event) {
  if (busy) return;
  busy = true;
  say(words.sending);
  const body = await send(event);
  busy = false;
  try {
    if (body.error) throw body;
    const place = showFile(form, body.parts.map((part) => el(...part.tree)));
    say(place.textContent);
  } catch (problem) {
    const sentence = problem.error ?? words.unreadable;
    showFile(form, [failure(sentence, problem.reference, () => fetchFile(form, event))]);
    say(sentence);
  }
}

async function judge(form, event) {
  const place = form.closest(".feedback");
  const body = await send(event);
  const told = body.error
    ? [el("div", { class: "text error", role: "alert" }, [["p", {}, [body.error]]])]
    : body.parts.map((part) => el(...part.tree));
  const failed = body.error || told.some((part) => part.classList.contains("error"));
  if (failed) {
    place.querySelector(".text.error")?.remove();
    place.append(...told);
  } else {
    place.replaceChildren(...told);
    forgetFeedback(event.pressed);
    place.tabIndex = -1;
    place.focus();
  }
  say(told.map((part) => part.textContent).join(" "));
}

// A judgement is given once: after a reload the answer asks no more.
function forgetFeedback(pressed) {
  const record = `:${pressed.split(":")[2]}:`;
  changeTrees((tree) =>
    tree[1].class === "feedback" && JSON.stringify(tree[2]).includes(record) ? null : tree,
  );
}

// -- The question box --

function write(text) {
  box.value = text;
  measure();
}

function measure() {
  keepDraft(box.value);
  const rest = longest - [...box.value].length;
  const told = rest < 0 ? words.over : words.left;
  left.textContent = rest < 200 ? told.replace("{count}", String(Math.abs(rest))) : "";
  box.ariaInvalid = rest < 0 ? "true" : "false";
}

box.addEventListener("input", measure);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text || busy || box.ariaInvalid === "true") return;
  write("");
  ask({ text, event: newName() }, text);
});

// -- What is pressed in the conversation --

talk.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target, submitter } = event;
  const shown = target.closest(".exchange");
  const form = target.closest(".form");
  const press = { ...pressOf(target, submitter), event: newName() };
  const label = submitter?.textContent ?? "";
  if (submitter?.name === "say") ask({ text: submitter.value, event: newName() }, submitter.value);
  else if (target.closest(".feedback")) judge(target, press);
  else if (submitter?.hasAttribute("formaction")) fetchFile(target, press);
  else if (form || shown?.dataset.form) step(shown, form, press, label);
  else ask(press, label);
});

talk.addEventListener("input", (event) => {
  if (event.target.dataset.longest) count(event.target, words);
});

talk.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const address = location.origin + button.dataset.path;
  const text = button.dataset.copy ? `${button.dataset.copy}\n${address}` : address;
  try {
    await navigator.clipboard.writeText(text);
    say(button.dataset.done);
    confirmOn(button);
  } catch {
    say(words.copy_failed);
    button.parentElement.querySelector(".told")?.remove();
    button.parentElement.append(el("span", { class: "told" }, [words.copy_failed]));
  }
});

function confirmOn(button) {
  const label = button.textContent;
  if (button.classList.contains("done")) return;
  button.classList.add("done");
  button.textContent = button.dataset.done;
  setTimeout(() => {
    button.textContent = label;
    button.classList.remove("done");
  }, 2000);
}

for (const name of ["new", "leave"]) {
  document.getElementById(name)?.form.addEventListener("submit", forgetAll);
}

// A printed page shows every passage.
addEventListener("beforeprint", () => {
  for (const passage of document.querySelectorAll("details.passage")) passage.open = true;
});

// -- At the start --

const served = talk.querySelector(".exchange"); // a form sent from a page without script
for (const one of kept()) {
  try {
    const shown = exchange(one.asked, one.lang, one.trees, one.id);
    shown.dataset.form = one.form ?? "";
    talk.insertBefore(shown, served);
  } catch {
    forgetExchanges(); // kept by another version of this page
  }
}
if (talk.querySelector(".exchange")) document.getElementById("welcome")?.remove();
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
if (!box.value) write(draft());
measure();
document.body.classList.add("ready");
if (!talk.querySelector(".exchange")) box.focus({ preventScroll: true });
