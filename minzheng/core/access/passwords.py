"""What a new password must be, refused in Chinese where Django's own sentences are not."""

from django.contrib.auth import password_validation


class LongEnough(password_validation.MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要有 {self.min_length} 个字符。"


class UnlikeOneself(password_validation.UserAttributeSimilarityValidator):
    """Not close to the sign-in name, the address or the name of its user."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "email", "name"))

    def get_error_message(self) -> str:
        return "密码与您的登录名或姓名太相似，请换一个。"
