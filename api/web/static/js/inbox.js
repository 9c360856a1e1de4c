// How much is owed, beside "Mes actions"; on that page a word when it changes. Without it the page itself says all.

const QUERY = "subscription { inboxChanged { count late } }";
const AGAIN = 5000;

class Refused extends Error {}

export async function followInbox(root) {
  const badge = root.querySelector("[data-owed]");
  if (!badge) return;
  const notice = root.querySelector("[data-inbox]");
  if (!notice) {
    const answer = await fetch("/mes-actions/nombre").catch(() => null);
    if (answer?.ok) show(badge, await answer.json());
    return;
  }
  let before = null;
  for (;;) {
    try {
      // Whoever is signed out, or follows from too many pages, sees the page itself and nothing more.
      for await (const found of events()) {
        show(badge, found);
        if (before !== null && before !== found.count) notice.hidden = false;
        before = found.count;
      }
    } catch (fault) {
      if (fault instanceof Refused) return;
      // Away: asked again later.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

function show(badge, found) {
  badge.textContent = found.count ? `\u00a0(${found.count})` : "";
  badge.title = found.late ? `dont ${found.late} en retard` : "";
}

async function* events() {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query: QUERY }),
  });
  if (!answer.ok) throw new Error("away");
  if (!answer.headers.get("content-type").startsWith("text/event-stream")) throw new Refused();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      const found = data && JSON.parse(data.slice(6)).data?.inboxChanged;
      if (found) yield found;
    }
  }
}
