// Several requests go in one batch over Graph, one after the other where they depend on each other.
const { BatchRequestContent, BatchResponseContent } = require("@microsoft/microsoft-graph-client");
const { live, meeting, opened } = require("./graph.cjs");

// The client takes the host away and leaves the rest.
function asked(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return new Request(`https://host.example${path}`, options);
}

live(async () => {
  const organizer = await opened("organizer0@example.com");
  const first = meeting("First");
  const reversed = { ...first, subject: "Second", start: first.end, end: first.start };
  const content = new BatchRequestContent([
    { id: "1", request: asked("/me/events", first) },
    { id: "2", request: asked("/me/events?$select=subject"), dependsOn: ["1"] },
    { id: "3", request: asked("/me/events", reversed), dependsOn: ["2"] },
    { id: "4", request: asked("/me/events"), dependsOn: ["3"] },
  ]);
  const answered = new BatchResponseContent(await organizer.api("/$batch").post(await content.getContent()));
  const seen = { statuses: {} };
  for (const [id, answer] of answered.getResponses()) seen.statuses[id] = answer.status;
  seen.created = (await answered.getResponseById("1").json()).subject;
  seen.listed = (await answered.getResponseById("2").json()).value.map((event) => event.subject);
  return seen;
});
