// The page of a guild: what is said comes by events, from whichever server it is said on.
import { listen } from "./events.js";

const find = (selector) => document.querySelector(selector);
const messages = new Map();
let me;
let channel;
let events;
/** What was told since messages were asked for; undefined once they are here. */
let toldSince;

async function ask(path, options = {}) {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const response = await fetch(path, { ...options, body });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.message), { status: response.status });
  return answer;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function tell(text) {
  find("#notice").textContent = text;
  find("#notice").hidden = text === "";
}

function hueOf(name) {
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.charCodeAt(0)) % 360;
  return hue;
}

function face(name) {
  const made = element("span", { className: "face", textContent: (name ?? "?")[0].toUpperCase() });
  made.style.setProperty("--hue", hueOf(name ?? "?"));
  return made;
}

function row({ id, author, content, createdAt, isEdited }) {
  const time = new Date(createdAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const head = element(
    "p",
    { className: "head" },
    element("b", { textContent: author ?? "somebody who left" }),
    element("time", { textContent: isEdited ? `${time}, edited` : time }),
  );
  const text = element("p", { className: "text", textContent: content });
  const made = element("li", {}, face(author), element("div", {}, head, text));
  made.dataset.id = id;
  if (author === me.username) {
    const gone = element("button", { className: "quiet", textContent: "Delete" });
    gone.onclick = () =>
      ask(`/api/messages/${id}`, { method: "DELETE" }).catch(({ message }) => tell(message));
    made.append(gone);
  }
  return made;
}

/** Keys are in the order of time. */
function show() {
  const list = find("#messages");
  const sorted = [...messages.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  list.replaceChildren(...sorted.map(row));
  list.scrollTop = list.scrollHeight;
}

function apply(news) {
  if (news.kind === "message.deleted") messages.delete(news.messageId);
  else messages.set(news.message.id, news.message);
}

async function load() {
  const told = (toldSince = []);
  try {
    const found = await ask(`/api/channels/${channel.id}/messages`);
    // Another channel was opened, or it was asked again.
    if (told !== toldSince) return;
    messages.clear();
    for (const message of found) messages.set(message.id, message);
    // The answer may be from before it.
    for (const news of told) apply(news);
    toldSince = undefined;
    show();
  } catch ({ message }) {
    if (told === toldSince) tell(message);
  }
}

function openChannel(next) {
  if (channel !== undefined) events.unsubscribe(["channel", channel.id]);
  channel = next;
  messages.clear();
  toldSince = [];
  show();
  find("#channel").textContent = `# ${channel.name}`;
  find("#content").placeholder = `Message # ${channel.name}`;
  for (const item of find("#channels").children) {
    item.classList.toggle("current", item.dataset.id === channel.id);
  }
  events.subscribe(["channel", channel.id], {
    // Read first, then listen, and something may come between; so the other way round.
    subscribed() {
      if (toldSince !== undefined) void load();
    },
    lost: load,
    event({ data }) {
      apply(data);
      toldSince?.push(data);
      show();
    },
  });
}

function showGuild({ channels, members, name }) {
  find("nav h1").textContent = name;
  find("#me").textContent = `You are ${me.username}`;
  find("#channels").replaceChildren(
    ...channels.map((each) => {
      const button = element("button", { textContent: `# ${each.name}` });
      button.onclick = () => openChannel(each);
      const item = element("li", {}, button);
      item.dataset.id = each.id;
      return item;
    }),
  );
  find("#members").replaceChildren(
    ...members.map(({ isHere, userId, username }) => {
      const item = element("li", {}, face(username), username);
      const show = (isHere) => item.classList.toggle("here", isHere || userId === me.userId);
      show(isHere);
      // Whoever came before this page listened, or while it was away for long, is asked for; and now and then
      // everybody, as of a server that was killed nobody is told.
      const look = () =>
        ask(`/api/people/${userId}`).then(
          ({ isHere }) => show(isHere),
          () => {},
        );
      setInterval(look, 60_000);
      events.subscribe(["presence", userId], {
        subscribed: look,
        lost: look,
        event: ({ data }) => show(data.status !== "offline"),
      });
      return item;
    }),
  );
  openChannel(channels[0]);
}

async function begin() {
  try {
    me = await ask("/api/me");
  } catch {
    find("#sign-in").hidden = false;
    return;
  }
  find("#sign-in").hidden = true;
  find("#guild").hidden = false;
  events = listen(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/events`);
  events.onState((isOpen) => {
    find("#state").textContent = isOpen ? "live" : "away, comes back";
    find("#state").classList.toggle("live", isOpen);
  });
  events.subscribe("global", { event: ({ data }) => tell(data.text) });
  showGuild(me.guilds[0]);
  window.guild = { events };
}

find("#sign-in").onsubmit = async (event) => {
  event.preventDefault();
  try {
    await ask("/api/sign-in", { method: "POST", body: { username: event.submitter.value } });
    await begin();
  } catch (error) {
    find("#sign-in .trouble").textContent = error.message;
  }
};

find("#say").onsubmit = async (event) => {
  event.preventDefault();
  const isUndone = event.submitter?.name === "undo";
  const content = find("#content").value;
  try {
    await ask(`/api/channels/${channel.id}/messages`, {
      method: "POST",
      body: { content, isUndone },
    });
    find("#content").value = "";
    tell("");
  } catch (error) {
    tell(error.message);
  }
};

void begin();
