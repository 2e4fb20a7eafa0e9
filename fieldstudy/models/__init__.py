from fieldstudy.models.history import HistoryEntry as HistoryEntry
from fieldstudy.models.jobs import Job as Job
from fieldstudy.models.users import User as User
