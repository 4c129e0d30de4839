// Who is who: names, lists and rooms; and who is away.
const {
  EmailAddress, MailboxType, OofExternalAudience, OofReply, OofSettings, OofState, ResolveNameSearchLocation, TimeWindow,
  address, at, open, tell, told,
} = require("./mailboxes.cjs");

const shown = (mailbox) => [mailbox.Name, mailbox.Address, MailboxType[mailbox.MailboxType]];

tell(async () => {
  const anna = await open("anna");
  const found = await anna.ResolveName("berg", ResolveNameSearchLocation.DirectoryOnly, true);
  const members = await anna.ExpandGroup(address("all"));
  const lists = await anna.GetRoomLists();
  const rooms = await anna.GetRooms(new EmailAddress(address("rooms")));

  const away = new OofSettings();
  away.State = OofState.Scheduled;
  away.Duration = new TimeWindow(at("2026-03-02T00:00:00"), at("2026-03-09T00:00:00"));
  away.ExternalAudience = OofExternalAudience.Known;
  away.InternalReply = new OofReply("In the mountains.");
  away.ExternalReply = new OofReply("Away.");
  await anna.SetUserOofSettings(address("anna"), away);
  const kept = await anna.GetUserOofSettings(address("anna"));

  return {
    found: found.GetEnumerator().map((one) => [...shown(one.Mailbox), one.Contact?.GivenName ?? null]),
    members: members.Members.map(shown),
    lists: lists.GetEnumerator().map(shown),
    rooms: rooms.map(shown),
    away: {
      state: OofState[kept.State],
      audience: OofExternalAudience[kept.ExternalAudience],
      from: told(kept.Duration.StartTime),
      until: told(kept.Duration.EndTime),
      replies: [kept.InternalReply.Message, kept.ExternalReply.Message],
    },
  };
});
