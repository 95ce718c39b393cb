// One message as DOM. Nothing that comes from a message is ever read as HTML.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
};

function link(address, content) {
  let url;
  try { url = new URL(address.includes("://") ? address : `https://${address}`); } catch { return content; }
  if (!["http:", "https:"].includes(url.protocol)) return content;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, content);
}

// Telegram counts in UTF-16 units, as JavaScript does. Entities nest, so each is built from those inside it.
export function formatted(text, entities, onCommand, from = 0, to = text.length) {
  const out = document.createDocumentFragment();
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i], start = entity.offset, end = Math.min(entity.offset + entity.length, to);
    if (start < at || start >= to) continue;
    out.append(text.slice(at, start));
    const inner = formatted(text, entities.slice(i + 1), onCommand, start, end), words = text.slice(start, end);
    if (entity.type === "text_link") out.append(link(entity.url, inner));
    else if (entity.type === "url") out.append(link(words, inner));
    else if (entity.type === "bot_command") {
      out.append(make("button", { type: "button", class: "command", on: { click: () => onCommand(words) } }, words));
    } else if (TAGS[entity.type]) out.append(make(TAGS[entity.type], { class: entity.type }, inner));
    else out.append(inner);
    at = end;
  }
  out.append(text.slice(at, to));
  return out;
}

function attachment(message, words) {
  const details = message.details || {};
  const coordinates = details.latitude == null ? "" : `${details.latitude.toFixed(4)}, ${details.longitude.toFixed(4)}`;
  switch (message.kind) {
    case "voice":
      return make("div", { class: "voice-message" }, make("span", { class: "wave", "aria-hidden": "true" }),
        make("span", {}, words.voiceOf(details.duration || 0)));
    case "location": case "venue":
      return make("div", { class: "spot" }, make("span", { class: "map", "aria-hidden": "true" }),
        make("span", {}, make("strong", { dir: "auto" }, details.title || words.place),
          make("bdi", { class: "small" }, details.address || coordinates)));
    case "document": case "audio":
      return make("div", { class: "document" }, make("span", { "aria-hidden": "true" }, "🗎"), make("bdi", {}, details.file_name || ""));
    case "poll":
      return make("div", { class: "poll" }, make("strong", { dir: "auto" }, details.question),
        make("ul", {}, ...details.options.map(option => make("li", { dir: "auto" }, option))));
    case "sticker": case "dice":
      return make("div", { class: "sticker" }, details.emoji || words.sticker);
    case "contact": case "video": case "animation": case "service":
      return make("div", { class: "document" }, words[message.kind] || words.video);
    default:
      return null;
  }
}

export function clockTime(seconds, locale) {
  return new Date(seconds * 1000).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

// What stands in a bubble. `messages` is one message, or all of an album.
export function bubbleContent(messages, context) {
  const { words, locale, act, group, quoted, reply } = context, message = messages[0];
  const caption = messages.find(one => one.text) || message;
  const photos = messages.flatMap(one => one.photos);
  const parts = [];
  if (group) parts.push(make("p", { class: "sender" }, make("bdi", {}, message.sender)));
  if (message.forwarded) parts.push(make("p", { class: "small" }, words.forwarded));
  if (message.reply_to && quoted) parts.push(make("p", { class: "quote", dir: "auto" }, quoted.text || words[quoted.kind] || ""));
  if (photos.length) {
    parts.push(make("div", { class: `photos n${Math.min(photos.length, 4)}` },
      ...photos.map(id => `/sim/photo/${encodeURIComponent(id)}`).map(src =>
        make("a", { href: src, target: "_blank", rel: "noopener" }, make("img", { src, alt: words.photo })))));
  }
  parts.push(attachment(message, words));
  if (caption.text) {
    parts.push(make("div", { class: "words", dir: "auto" }, formatted(caption.text, caption.entities, command => act({ what: "say", text: command }))));
  }
  parts.push(make("p", { class: "meta" }, message.reaction ? make("span", { class: "reaction", role: "img", "aria-label": words.reaction }, message.reaction) : null,
    messages.some(one => one.edited) ? `${words.edited} · ` : null,
    make("time", { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date, locale))));
  const bubble = make("div", { class: "bubble" }, ...parts.filter(Boolean),
    make("button", { type: "button", class: "answer", "aria-label": words.reply, title: words.reply, on: { click: () => reply(message) } }, "↩"));
  const rows = message.buttons.map(row => make("div", { class: "row" }, ...row.map(button => button.url
    ? make("a", { class: "inline", href: /^https?:/.test(button.url) ? button.url : "#", target: "_blank", rel: "noopener noreferrer", dir: "auto" }, `${button.label} ↗`)
    : make("button", { type: "button", class: "inline", dir: "auto", on: { click: () => act({ what: "tap", text: button.data, message: message.id }) } }, button.label))));
  return [bubble, rows.length ? make("div", { class: "buttons" }, ...rows) : null].filter(Boolean);
}
