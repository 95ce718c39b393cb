// The page: one or two phones, a clock, and what the server tells as it happens.

import { PLACEHOLDERS, RIGHT_TO_LEFT, WORDS } from "/page/words.js";
import { bubbleContent, make } from "/page/message.js";

const $ = (selector, root = document) => root.querySelector(selector);
const narrow = matchMedia("(max-width: 819px)");
const world = { people: [], chats: {}, samples: [], places: [], bot: "Buurtpraat", now: 0, offset: 0 };
const unread = {};
let language = remembered("language", navigator.language.startsWith("nl") ? "nl" : "en");
let words = WORDS[language], phones = [], shown = 0;

function remembered(name, otherwise) {
  try { return localStorage.getItem(`buurtpraat.${name}`) ?? otherwise; } catch { return otherwise; }
}
function remember(name, value) {
  try { localStorage.setItem(`buurtpraat.${name}`, value); } catch { /* a private window: fine */ }
}
async function post(path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(path, { method: "POST", body: form ? body : JSON.stringify(body), headers: form ? {} : { "Content-Type": "application/json" } });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || answer.statusText);
}

class Phone {
  constructor(side, who) {
    this.root = $("#phone").content.firstElementChild.cloneNode(true);
    this.side = side;
    this.files = [];
    this.bubbles = new Map();
    for (const name of ["people", "head", "log", "toasts", "try", "keyboard", "panel", "pending", "composer", "commands", "attach", "menu", "status"]) {
      this[name] = $(`.${name}`, this.root);
    }
    this.input = $("textarea", this.root);
    this.composer.addEventListener("submit", event => { event.preventDefault(); this.send(); });
    this.input.addEventListener("keydown", event => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    this.input.addEventListener("input", () => this.grow());
    this.log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.toEnd()).observe(this.log);
    this.root.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      if (this.panel.hidden && this.commands.hidden) this.replyTo = null;
      this.fold();
      this.showPending();
    });
    this.attach.addEventListener("click", () => this.toggle(this.panel, this.attach));
    this.menu.addEventListener("click", () => this.showCommands());
    $(".voice", this.panel).addEventListener("click", () => this.do({ what: "voice", reply_to: this.takeReply() }));
    $("input[type=file]", this.panel).addEventListener("change", event => {
      this.files.push(...[...event.target.files].map(file => ({ file, name: file.name })));
      event.target.value = "";
      this.showPending();
    });
    $(".own", this.panel).addEventListener("submit", event => {
      event.preventDefault();
      const form = new FormData(event.target), number = name => Number(String(form.get(name)).replace(",", "."));
      this.do({ what: "spot", latitude: number("latitude"), longitude: number("longitude") });
    });
    this.be(who);
  }

  get person() { return world.people.find(one => one.key === this.who); }
  get chat() { return world.chats[this.who]; }

  be(who) {
    this.who = who;
    remember(`who${this.side}`, who);
    unread[who] = 0;
    this.files = [];
    this.replyTo = null;
    this.fold();
    this.draw();
    showSwitch();
  }

  draw() {
    const { person } = this, rtl = RIGHT_TO_LEFT.includes(person.language);
    this.root.dir = rtl ? "rtl" : "ltr";
    this.root.setAttribute("aria-label", `${words.phone[this.side]}: ${person.name}`);
    translate(this.root);
    this.people.replaceChildren(...world.people.map(one => {
      const news = one.key === this.who ? 0 : unread[one.key] || 0;
      return make("button", { type: "button", class: "person", "aria-pressed": String(one.key === this.who), title: one.about[language] || "",
        "aria-label": one.name + (news ? words.unread(news) : ""), on: { click: () => this.be(one.key) } },
      face(one), make("bdi", {}, one.name), news ? make("span", { class: "badge", "aria-hidden": "true" }, String(news)) : null);
    }));
    $("h2", this.head).textContent = person.group ? person.name : world.bot;
    $(".face", this.head).textContent = person.group ? "👥" : "";
    this.quietStatus();
    this.input.placeholder = PLACEHOLDERS[person.language] || PLACEHOLDERS.en;
    this.log.setAttribute("aria-label", words.chat(person.name));
    this.log.lang = this.input.lang = person.language;
    this.drawTry();
    this.drawPanel();
    this.drawKeyboard();
    this.redrawLog();
  }

  // What one might answer to the bot's newest message; else what one might begin.
  drawTry() {
    const said = this.chat.messages.findLast(one => one.bot)?.text || "", all = this.person.suggestions;
    const answers = all.filter(one => one.after.some(words => said.includes(words)));
    const fits = answers.length ? answers : all.filter(one => !one.after.length);
    const focused = this.try.contains(document.activeElement);
    this.try.replaceChildren(make("span", { class: "aside", "aria-hidden": "true" }, words.tryThis), ...fits.map(({ label, text }) =>
      make("button", { type: "button", class: "chip", dir: "auto", on: { click: () => this.suggest(text) } }, label[language] || label.en)));
    if (focused && !narrow.matches) this.input.focus();
  }

  redrawLog() {
    this.log.setAttribute("aria-live", "off");
    this.log.replaceChildren();
    this.bubbles.clear();
    this.day = this.album = null;
    this.follow = true;
    if (!this.chat.messages.length) this.log.append(this.welcome());
    this.chat.messages.forEach(message => this.add(message));
    this.toEnd(true);
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
  }

  welcome() {
    const { person } = this;
    const start = make("button", { type: "button", class: "primary", on: { click: () => this.do({ what: "start" }) } }, words.start);
    return make("div", { class: "welcome" }, face(person), make("h3", {}, words.hello(person.name)), make("p", {}, person.about[language] || ""),
      person.group ? null : start);
  }

  context(message) {
    return {
      words, locale: locale(), group: this.person.group, mine: !message.bot, act: what => this.do(what),
      quoted: this.chat.messages.find(one => one.id === message.reply_to),
      reply: one => { this.replyTo = one; this.showPending(); this.input.focus(); },
    };
  }

  add(message) {
    $(".welcome", this.log)?.remove();
    const day = new Date(message.date * 1000).toDateString();
    if (day !== this.day) {
      this.day = day;
      this.album = null;
      this.log.append(make("p", { class: "day" }, make("span", {}, longDate(message.date * 1000))));
    }
    if (message.album && this.album?.id === message.album) {
      this.album.messages.push(message);
      this.bubbles.set(message.id, this.album);
      this.fill(this.album);
      return;
    }
    const item = { id: message.album, messages: [message], node: make("div", { class: `message ${message.bot ? "theirs" : "mine"}` }) };
    this.album = message.album ? item : null;
    this.bubbles.set(message.id, item);
    this.fill(item);
    this.log.append(item.node);
  }

  fill(item) {
    item.node.replaceChildren(...bubbleContent(item.messages, this.context(item.messages[0])));
    const { follow } = this;  // as it was before the pictures took their room
    item.node.querySelectorAll("img").forEach(image => image.addEventListener("load", () => this.toEnd(follow), { once: true }));
  }

  heard(event) {
    const { message } = event;
    const near = this.follow = this.atEnd || !message.bot;
    if (event.type === "message") {
      this.add(message);
      if (message.bot) this.quietStatus();
      this.drawKeyboard();
      this.drawTry();
    } else {
      const item = this.bubbles.get(message.id);
      if (!item) return;
      if (event.type === "deleted") {
        item.messages = item.messages.filter(one => one.id !== message.id);
        if (item.messages.length) this.fill(item); else item.node.remove();
      } else {
        item.messages = item.messages.map(one => one.id === message.id ? message : one);
        const focused = item.node.contains(document.activeElement);
        this.fill(item);
        item.node.classList.remove("changed");
        requestAnimationFrame(() => item.node.classList.add("changed"));
        if (focused) ($("button.inline", item.node) || this.input).focus();
      }
    }
    if (near) this.toEnd(true);
  }

  scrolled() {  // only who scrolls up leaves the end; a picture that takes its room below does not
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    if (scrollHeight - scrollTop - clientHeight < 120) this.atEnd = true;
    else if (scrollTop < this.top) this.atEnd = false;
    this.top = scrollTop;
  }

  toEnd(now = false) {
    if (now) this.atEnd = true;
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  drawKeyboard() {
    const keyboard = this.chat.keyboard;
    this.keyboard.hidden = !keyboard;
    this.keyboard.replaceChildren(...(keyboard?.keyboard || []).map(row => make("div", { class: "row" }, ...row.map(key => {
      const label = key.text ?? key;
      const press = () => key.request_location ? this.chooseSpot()
        : this.do(key.request_contact ? { what: "contact" } : { what: "say", text: label });
      return make("button", { type: "button", class: "key", dir: "auto", on: { click: press } }, label);
    }))));
  }

  chooseSpot() {
    this.toggle(this.panel, this.attach, true);
    const place = $(".places button, .own input", this.panel);
    place.focus();
    place.scrollIntoView({ block: "center" });
  }

  drawPanel() {
    const samples = $(".samples", this.panel), places = $(".places", this.panel);
    samples.replaceChildren(samples.firstElementChild, ...world.samples.map(name => make("button", {
      type: "button", class: "sample", on: { click: () => { this.files.push({ sample: name, name: words[name] || name }); this.showPending(); } },
    }, make("img", { src: `/sim/sample/${name}`, alt: "", width: 92, height: 69 }), words[name] || name)));
    places.replaceChildren(...world.places.map(([name, latitude, longitude]) =>
      make("button", { type: "button", on: { click: () => this.do({ what: "spot", latitude, longitude }) } }, name)));
    $(".spots", this.panel).hidden = this.person.group;
  }

  showPending() {
    const photos = this.files.length ? words.attached(this.files.length) : "";
    const reply = this.replyTo ? `↩ ${this.replyTo.text.slice(0, 60)}` : "";
    this.pending.hidden = !photos && !reply;
    const clear = () => { this.files = []; this.replyTo = null; this.showPending(); this.input.focus(); };
    this.pending.replaceChildren(make("span", { dir: "auto" }, [reply, photos].filter(Boolean).join(" · ")),
      make("button", { type: "button", class: "icon", "aria-label": words.remove, on: { click: clear } }, "✕"));
    if (photos) this.fold();
    if (photos) this.input.focus();
  }

  toggle(panel, button, open = panel.hidden) {
    this.fold();
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    this.root.classList.toggle("open", open && panel === this.panel);
    if (open) $("button, input", panel)?.focus();
  }

  fold() {
    this.panel.hidden = this.commands.hidden = true;
    this.root.classList.remove("open");
    this.attach.setAttribute("aria-expanded", "false");
    this.menu.setAttribute("aria-expanded", "false");
  }

  async showCommands() {
    if (!this.commands.hidden) return this.fold();
    await load();
    const list = this.chat.commands.map(one => make("button", { type: "button", on: { click: () => this.do({ what: "say", text: `/${one.command}` }) } },
      make("bdi", {}, `/${one.command}`), make("span", { dir: "auto" }, one.description)));
    this.commands.replaceChildren(...(list.length ? list : [make("p", {}, words.none)]));
    return this.toggle(this.commands, this.menu, true);
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 120)}px`;
  }

  // What a message that goes now is an answer to.
  takeReply() {
    const reply = this.replyTo?.id;
    this.replyTo = null;
    this.showPending();
    return reply;
  }

  suggest(text) {
    const answer = /^reply:\s*(.*)$/s.exec(text), newest = this.chat.messages.findLast(one => one.bot)?.id;
    if (answer) return this.do({ what: "say", text: answer[1], reply_to: this.takeReply() ?? newest });
    const photo = /^photo:(\w+)\s*(.*)$/s.exec(text);
    const reply_to = this.takeReply();
    return this.do(photo ? { what: "photo", samples: photo[1], text: photo[2], reply_to } : { what: "say", text, reply_to });
  }

  async send() {
    const text = this.input.value, photos = this.files;
    if (!text.trim() && !photos.length) return;
    this.input.value = "";
    this.grow();
    this.files = [];
    const reply = this.takeReply();
    if (!photos.length) return this.do({ what: "say", text, reply_to: reply });
    const form = new FormData();
    for (const [name, value] of Object.entries({ who: this.who, what: "photo", text, reply_to: reply || "" })) form.append(name, value);
    for (const one of photos) {
      form.append("file", one.file || await (await fetch(`/sim/sample/${one.sample}`)).blob(), "photo");
    }
    return this.do(form);
  }

  async do(what) {
    this.fold();
    this.toEnd(true);
    try {
      await post("/sim/act", what instanceof FormData ? what : { who: this.who, ...what });
    } catch (error) {
      this.toast(error.message);
    }
    // Whoever taps along with the keyboard stays where they are; a closed panel leaves nowhere to be.
    if (!narrow.matches && !this.root.contains(document.activeElement)) this.input.focus();
  }

  toast(text) {
    const toast = make("p", { class: "toast", dir: "auto" }, text);
    this.toasts.append(toast);
    setTimeout(() => toast.remove(), 6000);
  }

  typing() {
    this.status.textContent = words.typing;
    this.status.classList.add("typing");
    clearTimeout(this.stopTyping);
    this.stopTyping = setTimeout(() => this.quietStatus(), 5000);
  }

  quietStatus() {
    this.status.textContent = this.person.group ? words.group : words.online;
    this.status.classList.remove("typing");
  }
}

function face(person) {
  const tone = world.people.indexOf(person) % 5;
  return make("span", { class: `face tone${tone}`, "aria-hidden": "true" }, person.group ? "👥" : person.name[0]);
}

const locale = () => language === "en" ? "en-GB" : language;

function longDate(time) {
  return new Date(time).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
}

function translate(root) {
  root.querySelectorAll("[data-word]").forEach(node => { node.textContent = words[node.dataset.word]; });
  root.querySelectorAll("[data-label]").forEach(node => {
    node.setAttribute("aria-label", words[node.dataset.label]);
    if (node.matches("button")) node.title = words[node.dataset.label];
  });
}

function showClock() {
  const now = Date.now() + world.offset * 1000;
  $("#date").textContent = narrow.matches
    ? new Date(now).toLocaleDateString(locale(), { weekday: "short", day: "numeric", month: "short" }) : longDate(now);
  $("#time").textContent = new Date(now).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  $("#ahead").textContent = words.ahead(Math.floor(world.offset / 86400), Math.floor(world.offset / 3600));
}

// On a narrow window: which of the two phones is in hand.
function showSwitch() {
  phones.forEach((phone, side) => phone.root.classList.toggle("away", side !== shown));
  $("#switch").replaceChildren(...phones.map((phone, side) => {
    const news = side === shown ? 0 : phone.news || 0;
    return make("button", { type: "button", "aria-pressed": String(side === shown), on: { click: () => { shown = side; phone.news = 0; showSwitch(); phone.toEnd(true); } } },
      make("bdi", {}, phone.person.name), news ? make("span", { class: "badge" }, String(news)) : null);
  }));
  const news = Object.values(unread).reduce((sum, number) => sum + number, 0);
  document.title = (news ? `(${news}) ` : "") + world.bot;
}

function setLanguage(next) {
  language = next;
  words = WORDS[next];
  remember("language", next);
  document.documentElement.lang = next;
  const other = next === "nl" ? "English" : "Nederlands";
  $("#language").replaceChildren(make("span", { class: "long" }, other), make("abbr", { "aria-label": other }, next === "nl" ? "EN" : "NL"));
  $("#language").lang = next === "nl" ? "en" : "nl";
  translate(document.body);
  phones.forEach(phone => phone.draw());
  showClock();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function setTwo(two) {
  document.body.classList.toggle("one", !two);
  $("#two").setAttribute("aria-pressed", String(two));
  remember("two", two);
}

async function load() {
  const state = await (await fetch("/sim/state")).json();
  Object.assign(world, state);
  showClock();
}

function onEvent(event) {
  if (event.type === "clock") {
    world.offset = event.offset;
    return showClock();
  }
  const holders = phones.filter(phone => phone.who === event.who), chat = world.chats[event.who];
  if (event.type === "typing") return holders.forEach(phone => phone.typing());
  if (event.type === "alert") return event.text && holders.forEach(phone => phone.toast(event.text));
  if (!event.message || !chat) return undefined;
  chat.keyboard = event.keyboard;
  const at = chat.messages.findIndex(one => one.id === event.message.id);
  if (event.type === "deleted") { if (at >= 0) chat.messages.splice(at, 1); }
  else if (at >= 0) chat.messages[at] = event.message;
  else chat.messages.push(event.message);
  holders.forEach(phone => phone.heard(event));
  if (event.type === "message" && event.message.bot) {
    if (!holders.length) {
      unread[event.who] = (unread[event.who] || 0) + 1;
      phones.forEach(phone => badge(phone, event.who));
    }
    holders.filter(phone => phone.root.classList.contains("away")).forEach(phone => { phone.news = (phone.news || 0) + 1; });
    showSwitch();
  }
  return undefined;
}

function badge(phone, who) {
  const person = world.people.findIndex(one => one.key === who), button = phone.people.children[person];
  $(".badge", button)?.remove();
  button.append(make("span", { class: "badge", "aria-hidden": "true" }, String(unread[who])));
  button.setAttribute("aria-label", world.people[person].name + words.unread(unread[who]));
}

function listen() {
  const events = new EventSource("/sim/events");
  let lost = false;
  events.onmessage = event => onEvent(JSON.parse(event.data));
  events.onerror = () => { if (!lost) phones.forEach(phone => phone.toast(words.gone)); lost = true; };
  events.onopen = async () => {
    if (!lost) return;
    lost = false;
    await load();
    phones.forEach(phone => { phone.draw(); phone.toast(words.back); });
  };
}

async function begin() {
  const dark = matchMedia("(prefers-color-scheme: dark)"), followSystem = () => setTheme(remembered("theme", dark.matches ? "dark" : "light"));
  followSystem();
  dark.addEventListener("change", followSystem);
  await load();
  if (!world.people.length) {
    $("#phones").append(make("p", { class: "nobody" }, words.nobody));
    return setLanguage(language);
  }
  const keys = world.people.map(one => one.key), asked = new URLSearchParams(location.search);
  const pick = (side, otherwise) => [asked.get(side ? "right" : "left"), remembered(`who${side}`), otherwise].find(key => keys.includes(key)) || keys[0];
  phones = [new Phone(0, pick(0, keys[0]))];
  phones.push(new Phone(1, pick(1, world.people.find(one => one.office)?.key || keys.at(-1))));
  $("#phones").append(...phones.map(phone => phone.root));
  $("#language").addEventListener("click", () => setLanguage(language === "nl" ? "en" : "nl"));
  $("#theme").addEventListener("click", () => {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    remember("theme", document.documentElement.dataset.theme);
  });
  $("#two").addEventListener("click", () => setTwo(document.body.classList.contains("one")));
  document.querySelectorAll("[data-move]").forEach(button => button.addEventListener("click", () => post("/sim/clock", { move_seconds: Number(button.dataset.move) })));
  setTwo(remembered("two", "true") === "true");
  setLanguage(language);
  showSwitch();
  phones.forEach(phone => phone.toEnd(true));
  setInterval(showClock, 10_000);
  narrow.addEventListener("change", showClock);
  listen();
  return undefined;
}

begin();
