// What outlives a reload, in this tab alone: exchanges { id, asked, lang, form, trees },
// `form` being the key of the form that they are a step of, and the draft.

const KEPT = "conversation";
const DRAFT = "draft";
const MOST_KEPT = 50;

export const draft = () => stored(DRAFT);
export const keepDraft = (text) => store(DRAFT, text);
export const forgetAll = () => [KEPT, DRAFT].forEach((name) => store(name, ""));
export const forgetExchanges = () => store(KEPT, "");

export function kept() {
  try {
    const found = JSON.parse(stored(KEPT) || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

// In the place of the exchange of the same id, else at the end.
export function keep(exchange) {
  const all = kept();
  const place = all.findIndex((one) => one.id === exchange.id);
  if (place < 0) all.push(exchange);
  else all[place] = { ...all[place], ...exchange };
  store(KEPT, JSON.stringify(all.slice(-MOST_KEPT)));
}

// Every tree of the exchanges kept, changed; null leaves a tree out.
export function changeTrees(change) {
  const changed = kept().map((one) => ({
    ...one,
    trees: one.trees.map((tree) => change(tree, one)).filter((tree) => tree !== null),
  }));
  store(KEPT, JSON.stringify(changed));
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
