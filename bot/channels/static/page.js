// The conversation, over the same forms that work without this script. A reply arrives as trees
// of [tag, attributes, children]; they become elements and text nodes, never markup.

const TAGS = new Set(
  ("a article blockquote button cite dd details div dl dt em fieldset form h2 h3 h4 input label " +
    "legend li mark ol p section span strong summary ul").split(" "),
);
const ATTRIBUTES = new Set(
  ("aria-label autocomplete class cite data-copy data-done data-path hidden href lang maxlength " +
    "method action name open role tabindex type value").split(" "),
);
const DISGUISING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const KEPT = "conversation";
const DRAFT = "draft";
const MOST_KEPT = 50;
const PATIENCE = 40_000; // ms, longer than the server's own

const talk = document.getElementById("conversation");
const news = document.getElementById("news");
const composer = document.getElementById("composer");
const box = document.getElementById("question");
const count = document.getElementById("count");
const words = JSON.parse(talk.dataset.words);
const lang = talk.dataset.lang;
const longest = Number(box.dataset.longest);
let busy = false;

function el(tag, attributes = {}, children = []) {
  if (!TAGS.has(tag)) throw new TypeError("tag");
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (!ATTRIBUTES.has(name)) throw new TypeError("attribute");
    // Addresses stay on this site.
    if (["href", "action", "cite"].includes(name) && !/^\/(?!\/)/.test(value)) continue;
    made.setAttribute(name, value);
  }
  for (const child of children) made.append(Array.isArray(child) ? el(...child) : String(child));
  if ("data-copy" in attributes) made.hidden = false; // copying works now
  if (attributes.class === "plain") made.hidden = true; // « copier le lien » replaces it
  return made;
}

// -- What is kept over a reload, in this tab alone --

function kept() {
  try {
    const found = JSON.parse(stored(KEPT) || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function keep(exchange) {
  store(KEPT, JSON.stringify([...kept(), exchange].slice(-MOST_KEPT)));
}

function store(name, text) {
  try {
    sessionStorage.setItem(name, text);
  } catch {
    // Full or forbidden: the conversation goes on, it just won't outlive a reload.
  }
}

function stored(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

// -- Showing --

function exchange(asked, exchangeLang, trees) {
  const title = el("h2", { class: "asked", tabindex: "-1" }, [
    (asked || words.reply).replace(DISGUISING, ""),
  ]);
  const reply = el("div", { class: "reply" }, trees);
  const made = el("article", { class: "exchange", lang: exchangeLang });
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
    return body;
  } catch {
    return { error: response.ok ? words.unreadable : words.offline };
  }
}

async function ask(event, asked) {
  if (busy) return;
  busy = true;
  document.getElementById("welcome")?.remove();
  const waiting = el("p", { class: "searching" }, [words.searching]);
  const shown = exchange(asked, lang, []);
  const reply = shown.querySelector(".reply");
  reply.append(waiting);
  reply.ariaBusy = "true";
  talk.append(shown);
  shown.scrollIntoView({ block: "start" });
  say(words.searching);
  const body = await send(event);
  busy = false;
  waiting.remove();
  reply.ariaBusy = null;
  try {
    if (body.error) throw body;
    for (const part of body.parts) reply.append(el(...part.tree));
    keep({ asked, lang: body.lang, trees: body.parts.map((part) => part.tree) });
    if (event.text && body.parts.some((part) => part.tree[1].class === "text error")) giveBack(event.text);
    say(words.arrived);
    shown.querySelector(".asked").focus({ preventScroll: true });
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

function giveBack(text) {
  if (!box.value) write(text);
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
  const record = pressed.split(":")[2];
  const left = kept().map((one) => ({
    ...one,
    trees: one.trees.filter(
      ([, attributes, children]) =>
        attributes.class !== "feedback" || !JSON.stringify(children).includes(`:${record}:`),
    ),
  }));
  store(KEPT, JSON.stringify(left));
}

// -- The question box --

function write(text) {
  box.value = text;
  measure();
}

function measure() {
  store(DRAFT, box.value);
  const left = longest - [...box.value].length;
  const told = left < 0 ? words.over : words.left;
  count.textContent = left < 200 ? told.replace("{count}", String(Math.abs(left))) : "";
  box.ariaInvalid = left < 0 ? "true" : "false";
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
  ask({ text }, text);
});

talk.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new FormData(event.target, event.submitter);
  const said = fields.get("say");
  const pressed = fields.get("pressed");
  if (said !== null) ask({ text: said }, said);
  else if (event.target.closest(".feedback")) {
    const comment = fields.get("comment");
    judge(event.target, { pressed, values: comment ? { comment } : {} });
  } else ask({ pressed }, event.submitter.textContent);
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

document.getElementById("new").form.addEventListener("submit", () => {
  for (const name of [KEPT, DRAFT]) store(name, "");
});

// A printed page shows every passage.
addEventListener("beforeprint", () => {
  for (const passage of document.querySelectorAll("details.passage")) passage.open = true;
});

// -- At the start --

for (const one of kept()) {
  try {
    talk.append(exchange(one.asked, one.lang, one.trees));
  } catch {
    store(KEPT, ""); // kept by another version of this page
  }
}
if (talk.querySelector(".exchange")) document.getElementById("welcome")?.remove();
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
if (!box.value) write(stored(DRAFT));
measure();
document.body.classList.add("ready");
if (!talk.querySelector(".exchange")) box.focus({ preventScroll: true });
