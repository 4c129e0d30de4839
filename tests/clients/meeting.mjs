// Lives a meeting over Graph with nothing but Node's own fetch; prints what the organizer sees as JSON.
const [graph, token, password] = process.argv.slice(2);

async function sign(username) {
  const form = new URLSearchParams({ grant_type: "password", username, password });
  const answer = await fetch(token, { method: "POST", body: form });
  const { access_token } = await answer.json();
  return async (method, path, body) => {
    const answer = await fetch(graph + path, {
      method,
      headers: { Authorization: `Bearer ${access_token}`, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : answer.status;
  };
}

const organizer = await sign("organizer0@example.com");
const attendee = await sign("attendee0@example.com");
const at = (hour) => ({ dateTime: `2026-03-02T${hour}:00:00`, timeZone: "Romance Standard Time" });
const meeting = await organizer("POST", "/me/events", {
  subject: "Büdget €",
  start: at("10"),
  end: at("11"),
  attendees: [{ emailAddress: { address: "attendee0@example.com" }, type: "required" }],
});
const { value: [copy] } = await attendee("GET", "/me/events?$filter=startswith(subject,'Büdget')");
const accepted = await attendee("POST", `/me/events/${encodeURIComponent(copy.id)}/accept`, { comment: "Gern." });
const seen = await organizer("GET", `/me/events/${meeting.id}?$select=subject,start,attendees`);
console.log(JSON.stringify({ accepted, subject: seen.subject, start: seen.start, status: seen.attendees[0].status.response }));
