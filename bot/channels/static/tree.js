// A reply arrives as trees of [tag, attributes, children]; they become elements and text nodes,
// never markup, from a fixed list of tags and attributes.

const TAGS = new Set(
  ("a article blockquote button caption cite dd details div dl dt em fieldset form h2 h3 h4 input " +
    "label legend li mark ol p progress section span strong summary table tbody td textarea th " +
    "thead tr ul").split(" "),
);
const ATTRIBUTES = new Set(
  ("action aria-describedby aria-hidden aria-invalid aria-label aria-labelledby aria-required " +
    "autocomplete checked cite class data-copy data-done data-key data-label data-longest " +
    "data-path download for formaction hidden href id inputmode lang max maxlength method min " +
    "name novalidate open required role rows scope tabindex type value").split(" "),
);
const ADDRESSES = ["href", "action", "cite", "formaction"];

export function el(tag, attributes = {}, children = []) {
  if (!TAGS.has(tag)) throw new TypeError("tag");
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "autofocus") continue; // the script leads the focus itself
    if (!ATTRIBUTES.has(name)) throw new TypeError("attribute");
    // Addresses stay on this site, but for links of the broker's announcements.
    const away = tag === "a" && name === "href" && /^https:\/\/[^/]/.test(value);
    if (ADDRESSES.includes(name) && !away && !/^\/(?!\/)/.test(value)) continue;
    made.setAttribute(name, value);
  }
  for (const child of children) made.append(Array.isArray(child) ? el(...child) : String(child));
  if ("data-copy" in attributes) made.hidden = false; // copying works now
  if (attributes.class === "plain") made.hidden = true; // « copier le lien » replaces it
  return made;
}

// A name that nobody can guess: of an event, of an exchange.
export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
