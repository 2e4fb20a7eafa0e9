"""Who gets what at which address: one row for every address and method, one column for every role."""

from dataclasses import dataclass

from tests.architecture.world import ROLES

# 200 the page; 302 led elsewhere (anonymous: to the sign-in page); 401 who are you; 403 not with your role; 404 not
# there, or not for you; 409 not now; 422 not so (what is sent here is empty).
TABLE = """
#                                            anon outs read code supe stew lead admi
# Everybody's, and one's own
GET    health                                200  200  200  200  200  200  200  200
GET    set_language                          302  302  302  302  302  302  302  302
POST   set_language                          302  302  302  302  302  302  302  302
GET    catalogue                             200  200  200  200  200  200  200  200
GET    profile                               302  200  200  200  200  200  200  200
POST   profile                               302  302  302  302  302  302  302  302
POST   make_token                            302  302  302  302  302  302  302  302
POST   drop_token                            302  302  302  302  302  302  302  302
# Signing in, passwords and mail addresses
GET    account_login                         200  302  302  302  302  302  302  302
POST   account_login                         200  302  302  302  302  302  302  302
GET    account_logout                        302  200  200  200  200  200  200  200
POST   account_logout                        302  302  302  302  302  302  302  302
GET    account_inactive                      200  200  200  200  200  200  200  200
GET    account_signup                        200  302  302  302  302  302  302  302
POST   account_signup                        200  302  302  302  302  302  302  302
GET    account_reauthenticate                302  403  403  403  403  403  403  403
POST   account_reauthenticate                302  403  403  403  403  403  403  403
GET    account_change_password               302  302  302  302  302  302  302  302
POST   account_change_password               302  302  302  302  302  302  302  302
GET    account_set_password                  302  200  200  200  200  200  200  200
POST   account_set_password                  302  200  200  200  200  200  200  200
GET    account_reset_password                200  200  200  200  200  200  200  200
POST   account_reset_password                200  200  200  200  200  200  200  200
GET    account_reset_password_from_key_done  200  200  200  200  200  200  200  200
GET    account_reset_password_from_key       200  200  200  200  200  200  200  200
POST   account_reset_password_from_key       200  200  200  200  200  200  200  200
GET    account_reset_password_done           200  200  200  200  200  200  200  200
# The installation
GET    administration                        302  403  403  403  403  403  403  200
POST   administration                        302  403  403  403  403  403  403  422
POST   administration_account                302  403  403  403  403  403  403  404
# Evidence
GET    studies                               302  200  200  200  200  200  200  200
GET    study_new                             302  200  200  200  200  200  200  200
POST   study_new                             302  422  422  422  422  422  422  422
GET    invitation                            200  200  200  200  200  200  200  200
POST   invitation                            422  302  302  302  302  302  302  302
GET    study                                 302  404  200  200  200  200  200  404
GET    study_settings                        302  404  403  403  403  403  200  404
POST   study_settings                        302  404  403  403  403  403  422  404
GET    members                               302  404  403  403  403  403  200  404
POST   members                               302  404  403  403  403  403  422  404
POST   member_roles                          302  404  403  403  403  403  302  404
POST   invitation_withdraw                   302  404  403  403  403  403  302  404
GET    sites                                 302  404  200  200  200  200  200  404
POST   sites                                 302  404  403  403  403  403  422  404
GET    tools                                 302  404  200  200  200  200  200  404
POST   tools                                 302  404  403  403  403  403  422  404
GET    promise_new                           302  404  403  403  403  403  200  404
POST   promise_new                           302  404  403  403  403  403  422  404
GET    participants                          302  404  403  403  403  200  200  404
POST   participants                          302  404  403  403  403  422  422  404
GET    participant                           302  404  403  403  403  200  200  404
POST   participant                           302  404  403  403  403  422  422  404
GET    consent_withdraw                      302  404  403  403  403  200  200  404
POST   consent_withdraw                      302  404  403  403  403  422  422  404
GET    source_list                           302  404  200  200  200  200  200  404
POST   source_list                           302  404  302  302  302  302  302  404
GET    import                                302  404  403  200  403  403  200  404
POST   import                                302  404  403  422  403  403  422  404
GET    note_new                              302  404  403  200  403  403  200  404
POST   note_new                              302  404  403  422  403  403  422  404
GET    source                                302  404  200  200  200  200  200  404
GET    source_edit                           302  404  403  200  403  403  200  404
POST   source_edit                           302  404  403  422  403  403  422  404
GET    source_text                           302  404  403  200  403  403  200  404
POST   source_text                           302  404  403  422  403  403  422  404
GET    variables                             302  404  403  200  403  403  200  404
POST   variables                             302  404  403  422  403  403  422  404
GET    variables_import                      302  404  403  200  403  403  200  404
POST   variables_import                      302  404  403  422  403  403  422  404
GET    variables_csv                         302  404  403  200  403  403  200  404
GET    variables_xlsx                        302  404  403  200  403  403  200  404
GET    variable                              302  404  403  200  403  403  200  404
POST   variable                              302  404  403  422  403  403  422  404
POST   variable_remove                       302  404  403  302  403  403  302  404
POST   variable_restore                      302  404  403  302  403  403  302  404
GET    import_progress                       302  404  403  200  403  403  200  404
GET    job                                   302  404  200  200  200  200  200  404
POST   job_stop                              302  404  403  403  302  403  302  404
# Interpretation
GET    workspace                             302  404  200  200  200  200  200  404
GET    second_opinion                        302  404  403  200  403  403  403  404
GET    opinion_close                         302  404  403  200  403  403  403  404
POST   opinion_close                         302  404  403  302  403  403  403  404
POST   opinion_decide                        302  404  403  422  403  403  403  404
POST   opinion_undo                          302  404  403  302  403  403  403  404
GET    codebook                              302  404  200  200  200  200  200  404
GET    code_new                              302  404  403  403  200  403  200  404
POST   code_new                              302  404  403  403  422  403  422  404
GET    code                                  302  404  200  200  200  200  200  404
GET    code_edit                             302  404  403  403  200  403  200  404
POST   code_edit                             302  404  403  403  422  403  422  404
POST   code_move                             302  404  403  403  422  403  422  404
GET    code_retire                           302  404  403  403  200  403  200  404
POST   code_retire                           302  404  403  403  302  403  302  404
POST   code_restore                          302  404  403  403  302  403  302  404
GET    code_merge                            302  404  403  403  200  403  200  404
POST   code_merge                            302  404  403  403  422  403  422  404
GET    code_split                            302  404  403  403  200  403  200  404
POST   code_split                            302  404  403  403  422  403  422  404
GET    code_proposals                        302  404  403  403  200  403  200  404
POST   code_adopt                            302  404  403  403  302  403  302  404
POST   code_decline                          302  404  403  403  302  403  302  404
GET    code_passages                         302  404  200  200  200  200  200  404
POST   code_example                          302  404  403  403  404  403  404  404
GET    codebook_changes                      302  404  200  200  200  200  200  404
POST   codebook_undo                         302  404  403  403  302  403  302  404
GET    codebook_differences                  302  404  200  200  200  200  200  404
GET    codebook_print                        302  404  200  200  200  200  200  404
GET    recode                                302  404  403  200  403  403  403  404
POST   recode_decide                         302  404  403  302  403  403  403  404
POST   recode_undo                           302  404  403  404  403  403  403  404
POST   lexicon_add                           302  404  403  403  422  403  422  404
POST   lexicon_retire                        302  404  403  403  302  403  302  404
GET    codebook_import                       302  404  403  403  200  403  200  404
POST   codebook_import                       302  404  403  403  422  403  422  404
GET    lexicon_import                        302  404  403  403  200  403  200  404
POST   lexicon_import                        302  404  403  403  422  403  422  404
GET    codebook_publish                      302  404  403  403  200  403  200  404
POST   codebook_publish                      302  404  403  403  302  403  302  404
GET    codebook_version                      302  404  200  200  200  200  200  404
GET    machine                               302  404  403  403  200  403  200  404
POST   machine                               302  404  403  403  422  403  422  404
GET    machine_waiting                       302  404  403  403  200  403  200  404
GET    assignments                           302  404  403  403  403  403  200  404
POST   assignments                           302  404  403  403  403  403  422  404
GET    assignments_draw                      302  404  403  403  403  403  200  404
POST   assignments_draw                      302  404  403  403  403  403  422  404
POST   assignment_withdraw                   302  404  403  403  403  403  302  404
GET    assignment_hand_on                    302  404  403  403  403  403  200  404
POST   assignment_hand_on                    302  404  403  403  403  403  422  404
GET    reading_abandon                       302  404  404  200  404  404  200  404
POST   reading_abandon                       302  404  404  302  404  404  302  404
POST   reading_resume                        302  404  404  302  404  404  302  404
GET    reading_reopen                        302  404  403  403  403  403  200  404
POST   reading_reopen                        302  404  403  403  403  403  422  404
GET    rounds                                302  404  403  403  200  403  200  404
GET    round_new                             302  404  403  403  403  403  200  404
POST   round_new                             302  404  403  403  403  403  422  404
GET    round_again                           302  404  403  403  403  403  200  404
POST   round_again                           302  404  403  403  403  403  422  404
GET    round                                 302  404  404  200  200  404  200  404
POST   round_compute                         302  404  403  403  302  403  302  404
POST   round_close                           302  404  403  403  403  403  302  404
POST   round_reopen                          302  404  403  403  403  403  302  404
GET    disputes                              302  404  403  403  200  403  200  404
POST   disputes_build                        302  404  403  403  302  403  302  404
GET    dispute                               302  404  403  403  200  403  200  404
POST   dispute_settle                        302  404  403  403  422  403  422  404
POST   dispute_reopen                        302  404  403  403  302  403  302  404
POST   dispute_reveal                        302  404  403  403  302  403  302  404
GET    disputes_by_rule                      302  404  403  403  200  403  200  404
POST   disputes_by_rule                      302  404  403  403  422  403  422  404
POST   batch_undo                            302  404  403  403  404  403  404  404
GET    waivers                               302  404  403  403  403  403  200  404
POST   waivers                               302  404  403  403  403  403  422  404
POST   waiver_withdraw                       302  404  403  403  403  403  302  404
GET    contested                             302  404  403  403  200  403  200  404
GET    contested_csv                         302  404  403  403  200  403  200  404
GET    my_passages                           302  404  403  200  403  403  403  404
GET    agreement                             302  404  403  403  200  403  200  404
POST   agreement_start                       302  404  403  403  302  403  302  404
GET    agreement_waiting                     302  404  403  403  404  403  200  404
GET    agreement_csv                         302  404  403  403  200  403  200  404
GET    agreement_all_passages                302  404  403  403  200  403  200  404
GET    agreement_passages                    302  404  403  403  200  403  200  404
GET    agreement_all_detail                  302  404  403  403  200  403  200  404
GET    agreement_all_detail_csv              302  404  403  403  200  403  200  404
GET    agreement_runs                        302  404  403  403  200  403  200  404
GET    agreement_compare                     302  404  403  403  200  403  200  404
GET    agreement_compare_csv                 302  404  403  403  200  403  200  404
GET    agreement_detail                      302  404  403  403  200  403  200  404
GET    agreement_detail_csv                  302  404  403  403  200  403  200  404
# Memos, promises and encounters
GET    encounters                            302  404  200  200  200  200  200  404
GET    promise_links                         302  404  200  200  200  200  200  404
GET    memos                                 302  404  200  200  200  200  200  404
POST   memos                                 302  404  302  302  302  302  302  404
GET    memo_new                              302  404  403  200  200  403  200  404
POST   memo_new                              302  404  403  422  422  403  422  404
GET    memo                                  302  404  200  200  200  200  200  404
GET    memo_edit                             302  404  403  404  404  403  200  404
POST   memo_edit                             302  404  403  404  404  403  422  404
POST   memo_remove                           302  404  403  404  404  403  302  404
POST   memo_restore                          302  404  403  404  404  403  302  404
POST   memo_link                             302  404  403  404  404  403  422  404
POST   memo_unlink                           302  404  403  404  404  403  302  404
GET    journal                               302  404  200  200  200  200  200  404
POST   journal                               302  404  403  422  422  403  422  404
GET    api:margin                            401  404  200  200  200  200  200  404
GET    api:study_promise_links               401  404  200  200  200  200  200  404
GET    api:study_encounters                  401  404  200  200  200  200  200  404
GET    api:promise_links                     401  404  200  200  200  200  200  404
POST   api:promise_links                     401  404  403  422  403  403  403  404
GET    api:promise_link                      401  404  404  200  404  404  404  404
PATCH  api:promise_link                      401  404  403  422  403  403  403  404
DELETE api:promise_link                      401  404  403  204  403  403  403  404
POST   api:promise_link_restore              401  404  403  200  403  403  403  404
GET    api:encounters                        401  404  200  200  200  200  200  404
POST   api:encounters                        401  404  403  422  403  403  403  404
GET    api:encounter                         401  404  404  200  404  404  404  404
PATCH  api:encounter                         401  404  403  422  403  403  403  404
DELETE api:encounter                         401  404  403  204  403  403  403  404
POST   api:encounter_restore                 401  404  403  200  403  403  403  404
GET    api:memos                             401  404  200  200  200  200  200  404
POST   api:memos                             401  404  403  422  422  403  422  404
POST   api:memo_search                       401  404  422  422  422  422  422  404
GET    api:source_memos                      401  404  200  200  200  200  200  404
GET    api:memo                              401  404  200  200  200  200  200  404
PATCH  api:memo                              401  404  403  422  422  403  422  404
DELETE api:memo                              401  404  403  404  404  403  204  404
POST   api:memo_restore                      401  404  403  404  404  403  200  404
POST   api:memo_links                        401  404  403  422  422  403  422  404
DELETE api:memo_link                         401  404  403  404  404  403  204  404
GET    relate                                302  404  200  200  200  200  200  404
GET    relate_file                           302  404  403  403  200  200  200  404
GET    relate_passages                       302  404  200  200  200  200  200  404
GET    relate_chart                          302  404  200  200  200  200  200  404
GET    relate_chart_file                     302  404  403  403  200  200  200  404
POST   words_start                           302  404  403  302  302  403  302  404
GET    words_waiting                         302  404  200  200  200  200  200  404
GET    segment_like                          302  404  404  200  404  404  404  404
# Finding
GET    find                                  302  404  200  200  200  200  200  404
POST   find                                  302  404  422  422  422  422  422  404
POST   find_code                             302  404  403  422  403  403  403  404
POST   find_undo                             302  404  403  422  403  403  403  404
GET    passages                              302  404  200  200  200  200  200  404
POST   passages                              302  404  422  422  422  422  422  404
POST   passages_build                        302  404  200  200  200  200  200  404
POST   query_save                            302  404  403  422  422  403  422  404
POST   query_change                          302  404  403  404  404  403  422  404
POST   query_remove                          302  404  403  404  404  403  302  404
POST   query_restore                         302  404  403  404  404  403  302  404
# Taking out
POST   export_passages                       302  404  403  403  422  422  422  404
GET    exports                               302  404  403  403  200  200  200  404
GET    export                                302  404  403  403  200  200  200  404
# The API
GET    schema                                401  200  200  200  200  200  200  200
GET    api:preferences                       401  200  200  200  200  200  200  200
PATCH  api:preferences                       401  200  200  200  200  200  200  200
GET    api:studies                           401  200  200  200  200  200  200  200
POST   api:studies                           401  422  422  422  422  422  422  422
GET    api:study                             401  404  200  200  200  200  200  404
PATCH  api:study                             401  404  403  403  403  403  200  404
GET    api:members                           401  404  403  403  403  403  200  404
PUT    api:member                            401  404  403  403  403  403  422  404
POST   api:invitations                       401  404  403  403  403  403  422  404
GET    api:sites                             401  404  200  200  200  200  200  404
POST   api:sites                             401  404  403  403  403  403  422  404
GET    api:tools                             401  404  200  200  200  200  200  404
POST   api:tools                             401  404  403  403  403  403  422  404
GET    api:promises                          401  404  200  200  200  200  200  404
POST   api:promises                          401  404  403  403  403  403  422  404
GET    api:participants                      401  404  403  403  403  200  200  404
POST   api:participants                      401  404  403  403  403  422  422  404
GET    api:consents                          401  404  403  403  403  200  200  404
POST   api:consents                          401  404  403  403  403  422  422  404
POST   api:withdrawal                        401  404  403  403  403  422  422  404
GET    api:sources                           401  404  200  200  200  200  200  404
POST   api:sources                           401  404  403  422  403  403  422  404
GET    api:source                            401  404  200  200  200  200  200  404
PATCH  api:source                            401  404  403  200  403  403  200  404
POST   api:source_text                       401  404  403  422  403  403  422  404
POST   api:source_effect                     401  404  403  422  403  403  422  404
GET    api:variables                         401  404  403  200  403  403  200  404
POST   api:variables                         401  404  403  422  403  403  422  404
GET    api:values                            401  404  403  200  403  403  200  404
PUT    api:values                            401  404  403  422  403  403  422  404
POST   api:variables_table                   401  404  403  415  403  403  415  404
GET    api:variables_file                    401  404  403  200  403  403  200  404
PATCH  api:variable                          401  404  403  200  403  403  200  404
DELETE api:variable                          401  404  403  204  403  403  204  404
POST   api:variable_restore                  401  404  403  200  403  403  200  404
POST   api:imports                           401  404  403  415  403  403  415  404
GET    api:import                            401  404  403  200  403  403  200  404
GET    api:job                               401  404  200  200  200  200  200  404
POST   api:job_stop                          401  404  403  403  200  403  200  404
GET    api:segments                          401  404  200  200  200  200  200  404
POST   api:segments                          401  404  403  422  403  403  403  404
GET    api:segment                           401  404  404  200  404  404  404  404
PATCH  api:segment                           401  404  403  422  403  403  403  404
DELETE api:segment                           401  404  403  204  403  403  403  404
POST   api:segment_restore                   401  404  403  200  403  403  403  404
POST   api:segment_changes                   401  404  403  422  403  403  403  404
POST   api:segment_split                     401  404  403  422  403  403  403  404
POST   api:segment_merge                     401  404  403  422  403  403  403  404
POST   api:proposals                         401  404  403  422  403  403  403  404
DELETE api:proposal                          401  404  403  404  403  403  403  404
GET    api:favourites                        401  404  403  200  403  403  403  404
PUT    api:favourite                         401  404  403  422  403  403  403  404
DELETE api:favourite                         401  404  403  204  403  403  403  404
GET    api:codes                             401  404  200  200  200  200  200  404
POST   api:codes                             401  404  403  403  422  403  422  404
GET    api:code                              401  404  200  200  200  200  200  404
PATCH  api:code                              401  404  403  403  200  403  200  404
GET    api:readings                          401  404  200  200  200  200  200  404
POST   api:read_to                           401  404  403  422  403  403  403  404
POST   api:reading                           401  404  403  422  403  403  403  404
POST   api:reading_submit                    401  404  403  200  403  403  403  404
GET    api:code_merge                        401  404  403  403  200  403  200  404
POST   api:code_merge                        401  404  403  403  422  403  422  404
POST   api:code_split                        401  404  403  403  422  403  422  404
POST   api:code_adopt                        401  404  403  403  200  403  200  404
DELETE api:code_adopt                        401  404  403  403  204  403  204  404
POST   api:code_examples                     401  404  403  403  422  403  422  404
DELETE api:code_example                      401  404  403  403  204  403  204  404
GET    api:code_proposals                    401  404  403  403  200  403  200  404
GET    api:codebook_changes                  401  404  200  200  200  200  200  404
POST   api:codebook_undo                     401  404  403  403  200  403  200  404
GET    api:codebook_differences              401  404  200  200  200  200  200  404
POST   api:codebook_import                   401  404  403  403  415  403  415  404
GET    api:recode                            401  404  403  200  403  403  403  404
POST   api:segment_review                    401  404  403  422  403  403  403  404
DELETE api:segment_review                    401  404  403  404  403  403  403  404
GET    api:codebook_versions                 401  404  200  200  200  200  200  404
POST   api:codebook_versions                 401  404  403  403  201  403  201  404
GET    api:codebook_version                  401  404  200  200  200  200  200  404
GET    api:lexicon                           401  404  200  200  200  200  200  404
POST   api:lexicon                           401  404  403  403  422  403  422  404
POST   api:lexicon_import                    401  404  403  403  415  403  415  404
DELETE api:lexicon_entry                     401  404  403  403  204  403  204  404
GET    api:tagging_runs                      401  404  403  403  200  403  200  404
POST   api:tagging_runs                      401  404  403  403  201  403  201  404
GET    api:tagging_run                       401  404  403  403  200  403  200  404
POST   api:tagging_run_stop                  401  404  403  403  200  403  200  404
GET    api:suggestions                       401  404  200  200  200  200  200  404
POST   api:decisions                         401  404  403  422  403  403  403  404
POST   api:decision_undo                     401  404  403  200  403  403  403  404
GET    api:assignments                       401  404  403  403  403  403  200  404
POST   api:assignments                       401  404  403  403  403  403  422  404
DELETE api:assignment                        401  404  403  403  403  403  204  404
POST   api:assignment_hand_on                401  404  403  403  403  403  422  404
POST   api:reading_abandon                   401  404  404  200  404  404  200  404
POST   api:reading_resume                    401  404  404  200  404  404  200  404
POST   api:reading_reopen                    401  404  403  403  403  403  422  404
GET    api:rounds                            401  404  403  403  200  403  200  404
POST   api:rounds                            401  404  403  403  403  403  422  404
GET    api:rounds_again                      401  404  403  403  403  403  200  404
GET    api:round                             401  404  404  200  200  404  200  404
POST   api:round_close                       401  404  403  403  403  403  200  404
POST   api:round_reopen                      401  404  403  403  403  403  200  404
GET    api:disputes                          401  404  403  403  200  403  200  404
POST   api:disputes                          401  404  403  403  200  403  200  404
GET    api:dispute                           401  404  403  403  200  403  200  404
POST   api:dispute_settle                    401  404  403  403  422  403  422  404
POST   api:dispute_reopen                    401  404  403  403  200  403  200  404
GET    api:disputes_by_rule                  401  404  403  403  422  403  422  404
POST   api:disputes_by_rule                  401  404  403  403  422  403  422  404
POST   api:batch_undo                        401  404  403  403  404  403  404  404
GET    api:agreement_runs                    401  404  403  403  200  403  200  404
POST   api:agreement_runs                    401  404  403  403  201  403  201  404
GET    api:agreement_run                     401  404  403  403  200  403  200  404
GET    api:agreement_run_detail              401  404  403  403  200  403  200  404
GET    api:agreement_runs_compare            401  404  403  403  200  403  200  404
GET    api:matrices                          401  404  200  200  200  200  200  404
GET    api:matrix_passages                   401  404  200  200  200  200  200  404
GET    api:charts                            401  404  200  200  200  200  200  404
GET    api:segment_like                      401  404  404  200  404  404  404  404
POST   api:word_counts                       401  404  403  201  201  403  201  404
POST   api:search                            401  404  422  422  422  422  422  404
POST   api:search_coding                     401  404  403  422  403  403  403  404
POST   api:search_coding_undo                401  404  403  422  403  403  403  404
POST   api:passages                          401  404  422  422  422  422  422  404
GET    api:saved_queries                     401  404  200  200  200  200  200  404
POST   api:saved_queries                     401  404  403  422  422  403  422  404
PATCH  api:saved_query                       401  404  403  404  404  403  200  404
DELETE api:saved_query                       401  404  403  404  404  403  204  404
POST   api:saved_query_restore               401  404  403  404  404  403  200  404
GET    api:saved_query_passages              401  404  200  200  200  200  200  404
GET    api:exports                           401  404  403  403  200  200  200  404
POST   api:export_passages                   401  404  403  403  422  422  422  404
GET    api:export                            401  404  403  403  200  200  200  404
"""


@dataclass(frozen=True)
class Row:
    """What each role gets."""

    method: str
    route: str
    statuses: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def rows() -> list[Row]:
    """The table, read."""
    found = []
    for line in TABLE.splitlines():
        if line and not line.startswith("#"):
            method, route, *statuses = line.split()
            found.append(Row(method, route, dict(zip(ROLES, map(int, statuses), strict=True))))
    return found
