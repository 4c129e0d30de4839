"""Cases that hold whichever protocols the organizer and the attendee speak."""
