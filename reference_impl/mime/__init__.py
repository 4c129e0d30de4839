"""Items as internet messages and as iCalendar, and the way back ([MS-OXCMAIL], [MS-OXCICAL])."""
