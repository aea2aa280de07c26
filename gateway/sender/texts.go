package sender

import "fmt"

// Languages are those in which we write.
func Languages() []string { return []string{"ru", "kk", "en"} }

// SignIn is what a message with a sign-in code says.
type SignIn struct {
	Language string // one of Languages; anything else is written in English
	Name     string // of the gateway, as its people know it
	Code     string
	Minutes  int // for how long the code is good
}

// Mail writes the code as an e-mail. The code is not in the subject, which stands in lists that others see.
func (s SignIn) Mail() (subject, text string) {
	switch s.Language {
	case "ru":
		return fmt.Sprintf("Код для входа: %s", s.Name), fmt.Sprintf(`Ваш код для входа, %s: %s

Он действует %d мин, один раз и только в том браузере, где его запросили.

Никому не сообщайте этот код: ни по телефону, ни в переписке. Сотрудники никогда его не спрашивают.
Если вы не запрашивали код, ничего делать не нужно.
`, s.Name, s.Code, s.Minutes)
	case "kk":
		return fmt.Sprintf("Кіру коды: %s", s.Name), fmt.Sprintf(`Сіздің кіру кодыңыз, %s: %s

Ол %d минут, бір рет және тек өзі сұралған браузерде жарамды.

Бұл кодты ешкімге айтпаңыз: телефонмен де, хатпен де. Қызметкерлер оны ешқашан сұрамайды.
Кодты сіз сұрамаған болсаңыз, ештеңе істеудің қажеті жоқ.
`, s.Name, s.Code, s.Minutes)
	}
	return fmt.Sprintf("Sign-in code: %s", s.Name), fmt.Sprintf(`Your code for signing in, %s: %s

It is good for %d minutes, once, and only in the browser that asked for it.

Tell this code to nobody, neither on the phone nor in a message. Nobody who works here ever asks for it.
If you have not asked for a code, there is nothing to do.
`, s.Name, s.Code, s.Minutes)
}

// Short writes the code as a text message: a part of one costs as much as a whole.
func (s SignIn) Short() string {
	switch s.Language {
	case "ru":
		return fmt.Sprintf("%s: код для входа %s. Никому его не сообщайте.", s.Name, s.Code)
	case "kk":
		return fmt.Sprintf("%s: кіру коды %s. Оны ешкімге айтпаңыз.", s.Name, s.Code)
	}
	return fmt.Sprintf("%s: sign-in code %s. Tell it to nobody.", s.Name, s.Code)
}
