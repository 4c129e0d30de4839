// More requests than are allowed are made over Graph, one after the other, and each is answered in the end.
const { live, opened } = require("./graph.cjs");

const send = fetch;
const early = [];
let until;
let refused = 0;

// How long before it may ask again the client does so, in milliseconds; nothing where it waited long enough.
globalThis.fetch = async (...asked) => {
  if (until !== undefined && Date.now() < until - 10) early.push(until - Date.now());
  const answer = await send(...asked);
  until = answer.status === 429 ? Date.now() + 1000 * Number(answer.headers.get("Retry-After")) : undefined;
  if (answer.status === 429) refused += 1;
  return answer;
};

live(async () => {
  const organizer = await opened("organizer0@example.com");
  let answered = 0;
  for (; answered < 22; answered += 1) await organizer.api("/me").get();
  return { answered, early, refused };
});
