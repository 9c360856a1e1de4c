// A real OpenID provider on loopback: oidc-provider, with the people and clients that it is told in its first argument.
// It signs whoever types a login that it knows; its answers are its own, nothing is forged here.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { Provider, errors } from "oidc-provider";

const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
const people = new Map(given.people.map((person) => [person.sub, person]));

const provider = new Provider(given.issuer, {
  clients: given.clients,
  claims: {
    openid: ["sub", "acr"],
    email: ["email", "email_verified"],
    profile: ["given_name", "family_name", "usual_name", "name"],
    siret: ["siret"],
  },
  scopes: ["openid", "email", "profile", "siret"],
  acrValues: given.acr,
  cookies: { keys: ["for tests only"] },
  jwks: given.jwks,
  pkce: { required: () => false },
  conformIdTokenClaims: true,
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    jwtUserinfo: { enabled: true },
    rpInitiatedLogout: {
      logoutSource(ctx, form) {
        ctx.body = `<!doctype html><title>Sortie</title>${form}<button form="op.logoutForm" name="logout" value="yes">Oui</button>`;
      },
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // The only address that it may call is the site's own, on loopback.
  fetch: (url, options) => {
    if (new URL(url).hostname !== "127.0.0.1") throw new Error(`not allowed: ${url}`);
    delete options.dispatcher;
    return fetch(url, options);
  },
  findAccount(_, sub) {
    const person = people.get(sub);
    return person && { accountId: sub, claims: () => person };
  },
});

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    if (request.method === "GET") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<!doctype html><title>Fournisseur</title><form method=post><input name=login><button>Entrer</button></form>");
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const login = new URLSearchParams(body).get("login");
    const person = people.get(login);
    const result = person
      ? { login: { accountId: login, acr: person.acr, remember: false } }
      : { error: "access_denied", error_description: "inconnu" };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) {
    interact(request, response).catch((fault) => {
      response.statusCode = fault instanceof errors.SessionNotFound ? 400 : 500;
      response.end(String(fault));
    });
  } else handle(request, response);
});
server.listen(given.port, "127.0.0.1", () => console.log("ready"));
