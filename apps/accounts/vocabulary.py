"""The words for who works here."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    INSIDE_SALES = "inside_sales", _("インサイドセールス")
    FIELD_SALES = "field_sales", _("フィールドセールス")
    MANAGER = "manager", _("マネージャー")
    MARKETING = "marketing", _("マーケティング")
    EXECUTIVE = "executive", _("経営")
    ADMIN = "admin", _("管理者")


class Relation(TextChoices):
    """How far a role's permission reaches."""

    OWN = "own", _("自分")
    TEAM = "team", _("自分のチーム")
    ALL = "all", _("全員")


class LinkFor(TextChoices):
    """What a link in a mail is for."""

    INVITATION = "invitation", _("招待")
    FORGOTTEN = "forgotten", _("パスワードの再設定")


class Act(TextChoices):
    """What can be done here. Every operation names one."""

    KEEP_COMPANIES = "keep_companies", _("顧客を記録・変更する")
    TRASH_COMPANIES = "trash_companies", _("顧客をごみ箱へ移す・戻す")
    MERGE_COMPANIES = "merge_companies", _("顧客・担当者を統合する・統合を戻す")
    KEEP_LISTS = "keep_lists", _("リストを作る・顧客を載せる・外す・ごみ箱へ移す・戻す")
    KEEP_CAMPAIGNS = "keep_campaigns", _("流入元と施策を決める")
    RECORD_FOLLOWS = "record_follows", _("フォローを記録・変更する")
    KEEP_VISITS = "keep_visits", _("訪問を予定・変更する")
    REPORT_VISITS = "report_visits", _("外出前・外出後報告を書く")
    SEND_DAILY = "send_daily", _("日報を送る・直す")
    KEEP_DEALS = "keep_deals", _("案件を作る・変更する")
    CLOSE_DEALS = "close_deals", _("案件を受注・ボツにする、戻す")
    LOAD_HISTORY = "load_history", _("案件の過去の変化を書き入れる")
    PUT_OFF = "put_off", _("今日の行を明日にする")
    TRASH_ACTIVITIES = "trash_activities", _("フォロー・訪問・案件をごみ箱へ移す・戻す")
    COMMENT = "comment", _("コメントを書く・直す・取り消す")
    REACT = "react", _("反応する・読んだことを伝える")
    ATTACH_FILES = "attach_files", _("ファイルを付ける・外す")
    CHANGE_MANY = "change_many", _("一覧の行をまとめて変更する")
    SET_GOALS = "set_goals", _("月の目標を決める")
    MANAGE_USERS = "manage_users", _("利用者・チーム・等級を変更する")
    MANAGE_CALENDAR = "manage_calendar", _("営業カレンダーを変更する")
    MANAGE_WORDS = "manage_words", _("ボツの理由などの選択肢を変更する")
    IMPORT = "import", _("ファイルから取り込む")
    KEEP_OWN_ACCOUNT = "keep_own_account", _("自分の言語とパスワードを変える")
    END_LOGINS = "end_logins", _("ログイン中の端末を見る・ログアウトさせる")
    MAKE_TOKENS = "make_tokens", _("APIトークンを作る・止める")
    KEEP_VIEWS = "keep_views", _("一覧のビューを作る・変える")
    EXPORT_LISTS = "export_lists", _("一覧をファイルに書き出す")
    READ_OUTBOX = "read_outbox", _("送ったメールを見る")
