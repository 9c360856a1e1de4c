"use strict";

// A first question that anyone can run, and change.
const FIRST_QUESTION = `# « Qui s’occupe de ce problème, pour cette personne, ici, maintenant ? »
# Lancez avec Ctrl-Entrée ; Ctrl-Espace complète ; le livre, en haut à gauche, ouvre la documentation.
query Relais($question: RelayQuestion!) {
  relays(question: $question, first: 5) {
    ... on RelayConnection {
      understood { competence { label } because }
      edges { node {
        organisation { name kindLabel contact { phone } }
        service { name }
        reasons { text }
      } }
    }
    ... on InvalidInput { message field }
  }
}
`;
const FIRST_VARIABLES = JSON.stringify({ question: { text: "impayés de loyer", territory: "25056" } }, null, 2);

const root = document.getElementById("explorer");
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: root.dataset.url }),
    defaultQuery: FIRST_QUESTION,
    variables: FIRST_VARIABLES,
    defaultEditorToolsVisibility: "variables",
  }),
);
