"""OAuth 2.0 and OpenID Connect as the Microsoft identity platform speaks them: endpoints, grants and tokens."""
