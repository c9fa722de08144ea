// Empty; a package with assembly may declare functions without a body, as amend.go does.
