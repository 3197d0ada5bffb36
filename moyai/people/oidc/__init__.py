"""Sign-in by an identity provider: OpenID Connect with authorization code, PKCE, state and nonce."""
