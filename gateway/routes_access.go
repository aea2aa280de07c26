package gateway

import (
	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// accessRoutes is how people and devices sign in, and how they are looked after.
func (g *Gateway) accessRoutes() []route {
	admin := access.RolesOf(access.RoleAdmin)
	keepers := access.RolesOf(access.RoleAdmin, access.RoleSupervisor)
	people := keepers | access.RolesOf(access.RoleHolder, access.RoleChecker, access.RoleAuditor)
	device := access.RolesOf(access.RoleDevice)
	return []route{
		{method: "POST", path: "/v1/session", serve: g.signIn},
		{method: "DELETE", path: "/v1/session", serve: g.signOut},
		{method: "GET", path: "/v1/signin/ways", serve: g.signInWays},
		{method: "POST", path: "/v1/signin/code/begin", serve: g.beginCode},
		{method: "POST", path: "/v1/signin/code", serve: g.codeSignIn},
		{method: "POST", path: "/v1/signin/passkey/begin", serve: g.beginPasskeySignIn},
		{method: "POST", path: "/v1/signin/passkey", serve: g.passkeySignIn},
		{method: "POST", path: "/v1/signin/screen", serve: g.askScreen},
		{method: "POST", path: "/v1/signin/screen/collect", serve: g.collectScreen},
		{method: "POST", path: "/v1/signin/screen/look", allow: people, personal: true, serve: g.lookAtScreen},
		{method: "POST", path: "/v1/signin/screen/approve", allow: people, personal: true, serve: g.approveScreen},
		{method: "POST", path: "/v1/signin/screen/refuse", allow: people, personal: true, serve: g.refuseScreen},

		{method: "GET", path: "/v1/me/sessions", allow: people, personal: true, serve: g.mySessions},
		{method: "DELETE", path: "/v1/me/sessions", allow: people, personal: true, serve: g.endMySessions},
		{method: "DELETE", path: "/v1/me/sessions/{id}", allow: people, personal: true, serve: g.endMySession},
		{method: "GET", path: "/v1/me/passkeys", allow: people, personal: true, serve: g.myPasskeys},
		{method: "POST", path: "/v1/me/passkeys/begin", allow: people, personal: true, serve: g.beginPasskey},
		{method: "POST", path: "/v1/me/passkeys", allow: people, personal: true, serve: g.addPasskey},
		{method: "DELETE", path: "/v1/me/passkeys/{id}", allow: people, personal: true, serve: g.removePasskey},

		{method: "GET", path: "/v1/accounts", allow: admin, personal: true, serve: g.listAccounts},
		{method: "POST", path: "/v1/accounts", allow: admin, personal: true, serve: g.createAccount},
		{method: "PATCH", path: "/v1/accounts/{id}", allow: admin, personal: true, serve: g.changeAccount},
		{method: "DELETE", path: "/v1/accounts/{id}", allow: admin, personal: true, serve: g.removeAccount},
		{method: "POST", path: "/v1/links", allow: admin, personal: true, serve: g.mintLink},

		{method: "GET", path: "/v1/devices", allow: keepers, personal: true, serve: g.listDevices},
		{method: "POST", path: "/v1/devices/pairing", allow: keepers, personal: true, serve: g.inviteDevice},
		{method: "POST", path: "/v1/devices", serve: g.pairDevice},
		{method: "POST", path: "/v1/devices/rotate", allow: device, serve: g.rotateDevice},
		{method: "DELETE", path: "/v1/devices/{id}", allow: keepers, personal: true, serve: g.revokeDevice},
	}
}

// checkStanding holds a visitor against what a route asks for beside a role.
func checkStanding(r *route, who *access.Identity) *problem.Problem {
	switch {
	case r.confirmed && !who.Confirmed:
		return problem.New(problem.CheckerNotConfirmed, "")
	case r.personal && who.Delegated:
		return problem.New(problem.Forbidden, "not on a screen that was signed in from elsewhere")
	}
	return nil
}
